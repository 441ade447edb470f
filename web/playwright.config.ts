import { defineConfig } from '@playwright/test'

// The browser is the system's: nothing is downloaded. Its services stay off, so that
// a request to a foreign host is always the app's own fault.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // As people have it; a browser without a screen would play at once.
  '--autoplay-policy=document-user-activation-required',
]

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 1,
  timeout: 120_000,
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: flags,
    },
    screenshot: 'only-on-failure',
  },
})

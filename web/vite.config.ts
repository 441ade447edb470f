import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** The node that `npm run dev` and `npm run preview` show: `teleplay demo` by default. */
const node = process.env.TELEPLAY_URL ?? 'http://127.0.0.1:8000'
// The Host stays the page's own, as a node wants Origin and Host to agree.
const proxy = { '/api': { target: node } }

export default defineConfig({
  plugins: [react(), keepDist()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy },
  preview: { proxy },
  build: {
    // The Content-Security-Policy has no font-src data:, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    // jsdom costs more to start than these tests take to run.
    pool: 'threads',
    maxWorkers: 2,
  },
})

/** Go embeds dist, so the folder must stay in a clean checkout: its .gitkeep outlives a build. */
function keepDist(): Plugin {
  return {
    name: 'keep-dist',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '.gitkeep', source: '' })
    },
  }
}

import { expect, type Page } from '@playwright/test'

/** What the element shows of itself. */
export const video = (page: Page) =>
  page.evaluate(() => {
    const v = document.querySelector('video')
    return v
      ? {
          time: v.currentTime,
          length: v.duration,
          width: v.videoWidth,
          seeking: v.seeking,
          paused: v.paused,
          error: v.error?.message,
        }
      : undefined
  })

/** The film shows a picture and its time moves. */
export async function plays(page: Page, from = 0) {
  await expect
    .poll(async () => (await video(page))?.width ?? 0, { timeout: 15_000 })
    .toBeGreaterThan(0)
  await expect
    .poll(async () => (await video(page))?.time ?? 0, { timeout: 15_000 })
    .toBeGreaterThan(from + 0.7)
  expect(await video(page)).toMatchObject({ error: undefined, paused: false })
}

/** Collects what a user's console would show, and each request to a host that is not address's. */
export function watch(page: Page, address: string): string[] {
  const faults: string[] = []
  const own = new URL(address).origin
  page.on('console', (m) => {
    // A login page asks who is there; the browser reports the 401 as an error.
    const expected = m.location().url.includes('/api/auth/')
    if ((m.type() === 'error' || m.type() === 'warning') && !expected) faults.push(m.text())
  })
  page.on('pageerror', (e) => faults.push(e.message))
  page.on('request', (r) => {
    if (/^https?:/.test(r.url()) && new URL(r.url()).origin !== own) faults.push(`asked ${r.url()}`)
  })
  return faults
}

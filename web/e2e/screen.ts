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

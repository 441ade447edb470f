import { basename } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { Demo, Films } from './demo'
import { plays, video } from './screen'

let demo: Demo
let title: string
const films = new Films()

test.beforeAll(async () => {
  const file = films.long()
  title = basename(file, '.mp4')
  demo = await Demo.start()
  await demo.send({ media: films.describe(file) })
})

test.afterAll(async () => {
  await demo.stop()
  films.remove()
})

async function logIn(page: Page) {
  const answer = await demo.say('/web')
  await page.goto(answer.buttons?.[0]?.[0]?.url ?? '')
  await page.getByRole('button', { name: /log in as/i }).click()
  await expect(page.getByRole('link', { name: title })).toBeVisible()
}

/** Seconds at a part of the film. */
const at = async (page: Page, part: number) => ((await video(page))?.length ?? 0) * part

/** The place that the server knows of the film. */
async function saved(page: Page): Promise<number> {
  const answer = await page.request.get(`${demo.ready.url}/api/files?folder_id=0`)
  const { files } = (await answer.json()) as { files: { file_name: string; last_pos: number }[] }
  return files.find((file) => file.file_name.startsWith(title))?.last_pos ?? 0
}

test('the node is killed under a film, and started again: the film plays on', async ({ page }) => {
  await logIn(page)
  await page.getByRole('link', { name: title }).click()
  await plays(page)
  const place = await at(page, 0.8)

  await demo.kill()
  await page.keyboard.press('8')
  await expect(page.getByText(/^TelePlay does not answer\. The film/)).toBeVisible({
    timeout: 15_000,
  })
  expect(Number(await page.getByRole('slider', { name: 'Seek' }).inputValue())).toBeCloseTo(
    place,
    0,
  )
  // Once the controls are back that were out of the way.
  await expect(page.getByRole('group', { name: 'Player controls' })).toBeInViewport()
  await page.screenshot({ path: test.info().outputPath('away.png'), animations: 'disabled' })

  await demo.run()
  await expect
    .poll(async () => (await video(page))?.time, { timeout: 20_000 })
    .toBeGreaterThan(place)
  await plays(page, place - 1)
  await expect(page.getByText(/TelePlay does not answer/)).toHaveCount(0)

  await page.goBack()
  await expect(page.getByRole('link', { name: title })).toBeFocused()
  await expect.poll(() => saved(page)).toBeGreaterThan(place - 2)
})

test('the login ends before a seek: the film plays on, from there', async ({
  page: first,
  context,
}) => {
  await logIn(first)
  const film = (await first.getByRole('link', { name: title }).getAttribute('href')) ?? ''
  const page = await context.newPage()
  // A look of the test at the page counts as a touch of it: none before the film has started.
  const started = page.waitForResponse(/\/api\/stream\//)
  await page.goto(demo.ready.url + film, { waitUntil: 'commit' })
  await started
  const refused: number[] = []
  page.on('response', (r) => {
    if (r.url().includes('/api/stream/') && r.status() === 401) refused.push(r.status())
  })

  // Nobody has touched this page, so the browser wants a press.
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible()
  await page.keyboard.press('0')
  await page.keyboard.press('k')
  await plays(page)
  const place = await at(page, 0.5)

  await context.clearCookies({ name: 'tp' })
  await page.keyboard.press('5')
  await expect
    .poll(async () => (await video(page))?.time, { timeout: 20_000 })
    .toBeGreaterThan(place)
  await plays(page, place - 1)
  expect(refused.length).toBeGreaterThan(0)

  await page.keyboard.press('k')
  await expect.poll(() => saved(page)).toBeGreaterThan(place - 1)
})

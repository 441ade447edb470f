import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { Demo, Films } from './demo'
import { plays, video, watch } from './screen'

let demo: Demo
const films = new Films()

test.beforeAll(async () => {
  demo = await Demo.start()
})

test.afterAll(async () => {
  await demo.stop()
  films.remove()
})

async function seekTo80Percent(page: Page) {
  const length = (await video(page))?.length ?? 0
  expect(length).toBeGreaterThan(10)
  const box = await page.getByRole('slider', { name: 'Seek' }).boundingBox()
  if (!box) throw new Error('no seek bar')
  await page.mouse.click(box.x + box.width * 0.8, box.y + box.height / 2)
  await expect
    .poll(async () => (await video(page))?.time ?? 0, { timeout: 15_000 })
    .toBeGreaterThan(length * 0.76)
  await plays(page, length * 0.78)
}

test('an evening: log in by code, send two films, watch them', async ({ page }) => {
  const faults = watch(page, demo.ready.url)

  await test.step('log in by the code on the screen, confirmed in the chat', async () => {
    await page.goto(demo.ready.url)
    const shown = await page.getByLabel(/^Code( \d){6}$/).getAttribute('aria-label')
    const code = (shown ?? '').replace(/\D/g, '')
    const match = await page.getByTestId('match').innerText()
    await page.screenshot({ path: test.info().outputPath('login.png') })
    const question = await demo.say(`/login ${code}`)
    expect(question.text).toContain('Which number')
    expect(await demo.press(question, match)).toBe('Logged in')
    await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible({ timeout: 5_000 })
  })

  for (const file of [films.indexLast(), films.matroska()]) {
    const name = basename(file)
    const title = name.replace(/\.[^.]+$/, '')
    await test.step(name, async () => {
      if (name.endsWith('.mp4')) {
        expect(statSync(file).size).toBeGreaterThan(18_000_000)
        const bytes = readFileSync(file)
        expect(bytes.indexOf('moov')).toBeGreaterThan(bytes.indexOf('mdat'))
      }
      const answer = await demo.send({ media: films.describe(file) })
      expect(answer.text).toContain(`Saved\n${name}`)
      await expect(page.getByRole('link', { name: title })).toBeVisible({ timeout: 10_000 })

      await page.getByRole('link', { name: title }).click()
      await plays(page)
      await seekTo80Percent(page)
      await page.screenshot({ path: test.info().outputPath(`${title}.png`) })

      const left = (await video(page))?.time ?? 0
      await page.keyboard.press('k')
      await page.getByRole('link', { name: 'Back to the library' }).click()
      await page.getByRole('link', { name: title }).click()
      await plays(page, left - 5)
      expect((await video(page))?.time).toBeGreaterThan(left - 5)
      await page.goBack()
      await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible()
    })
  }

  await test.step('the library, as a picture', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.mouse.move(640, 780)
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await page.waitForLoadState('networkidle')
      await page.screenshot({ path: test.info().outputPath(`library-${width}.png`) })
    }
    const readme = process.env.README_PICTURE
    if (readme) await page.screenshot({ path: join(import.meta.dirname, '../../docs/library.png') })
  })

  expect(faults).toEqual([])
})

test('log in by the bot’s link, one click, once', async ({ page, browser }) => {
  const faults = watch(page, demo.ready.url)
  const answer = await demo.say('/web')
  const link = answer.buttons?.[0]?.[0]?.url ?? ''
  expect(link).toContain('/auth#k=')
  await page.goto(link)
  await page.getByRole('button', { name: /log in as/i }).click()
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible()

  const other = await browser.newPage()
  await other.goto(link)
  await expect(other.getByRole('button', { name: /log in as/i })).toHaveCount(0)
  await expect(other.getByText(/\/web/)).toBeVisible()
  await other.close()

  await page.getByRole('button', { name: /account/i }).click()
  await page.getByRole('menuitem', { name: /log out/i }).click()
  await expect(page.getByLabel(/^Code( \d){6}$/)).toBeVisible()
  expect(faults).toEqual([])
})

import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { Demo } from './demo'
import { watch } from './screen'

// The page on which a person plays Telegram: the bot behind it is the product's own.

let demo: Demo

test.beforeAll(async () => {
  demo = await Demo.start()
})

test.afterAll(async () => {
  await demo.stop()
})

/** Drops files onto the page, as a hand with a mouse does. */
async function drop(page: Page, files: { path: string; name: string; type: string }[]) {
  const list = files.map((f) => ({ ...f, base64: readFileSync(f.path).toString('base64') }))
  const data = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer()
    for (const { base64, name, type } of all) {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
      transfer.items.add(new File([bytes], name, { type }))
    }
    return transfer
  }, list)
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data })
  await expect(page.getByText('Drop files or folders')).toBeVisible()
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
}

test('an evening in the chat: drop files, press buttons, see edits and answers', async ({
  page,
  context,
}) => {
  const { origin } = new URL(demo.ready.control_url)
  const faults = watch(page, origin)
  const line = page.getByRole('combobox', { name: 'Message' })
  const say = async (text: string) => {
    await line.fill(text)
    await line.press('Enter')
  }
  const own = (text: string) => page.locator('.msg.mine').filter({ hasText: text })
  const newest = page.locator('.msg:not(.mine)').last()
  await page.goto(origin)
  await expect(newest).toBeVisible()

  await test.step('two files by drag: their pictures, the bot’s answers', async () => {
    const sample = join(import.meta.dirname, '../../cmd/teleplay/sample')
    await drop(page, [
      { path: join(sample, 'Films/Colony.mp4'), name: 'Evening.mp4', type: 'video/mp4' },
      { path: join(sample, 'Pictures/Dusk.jpg'), name: 'Sunset.jpg', type: 'image/jpeg' },
    ])
    const sheet = page.getByRole('dialog', { name: 'Send 2 files?' })
    await expect(sheet.getByRole('listitem')).toHaveText([/Evening\.mp4/, /Sunset\.jpg/])
    await sheet.getByText('as plain files').click()
    await sheet.getByRole('button', { name: 'Send' }).click()
    for (const name of ['Evening.mp4', 'Sunset.jpg']) {
      await expect(own(name)).toBeVisible()
      const saved = page.locator('.msg:not(.mine)').filter({ hasText: `Saved\n${name}` })
      const open = saved.getByRole('link', { name: 'Open' })
      await expect(open).toHaveAttribute('href', new RegExp(`^${demo.ready.url}/watch/\\d+$`))
    }
    await expect(page.getByRole('progressbar')).toHaveCount(0)
  })

  await test.step('the film plays in the chat', async () => {
    await page.getByRole('button', { name: 'Play Evening.mp4' }).click()
    await expect
      .poll(() => page.locator('video').evaluate((v: HTMLVideoElement) => v.currentTime))
      .toBeGreaterThan(0)
  })

  await test.step('a command from the list; a button changes the message', async () => {
    await line.fill('/my')
    await page.getByRole('option', { name: '/myfiles' }).click()
    await expect(newest).toContainText('Your newest files')
    await newest.getByRole('button', { name: 'Evening.mp4' }).click()
    await expect(newest).toContainText(/^Evening\.mp4\s*video.*id \d+\s*edited/s)
    await newest.getByRole('button', { name: 'My files' }).click()
    await expect(newest).toContainText('Your newest files')
  })

  await test.step('log a browser in: the answer shows', async () => {
    const browser = await context.newPage()
    await browser.goto(demo.ready.url)
    const shown = await browser.getByLabel(/^Code( \d){6}$/).getAttribute('aria-label')
    const match = await browser.getByTestId('match').innerText()
    await say(`/login ${(shown ?? '').replace(/\D/g, '')}`)
    await newest.getByRole('button', { name: match, exact: true }).click()
    await expect(page.locator('#toast')).toHaveText('Logged in')
    await expect(newest).toContainText(/^Logged in: .*edited/s)
    await expect(browser.getByRole('link', { name: 'Evening' })).toBeVisible()
    await browser.close()
  })

  await test.step('edit and delete; what is not sent stays', async () => {
    await say('good evning')
    await expect(own('good evning')).toBeVisible()
    await line.press('ArrowUp')
    await say('good evening')
    await expect(own('good evening')).toContainText('edited')
    await own('good evening').hover()
    await own('good evening').getByRole('button', { name: 'Delete for both' }).click()
    await expect(own('good evening')).toHaveCount(0)
    await line.fill('half a thought')
    await page.reload()
    await expect(line).toHaveValue('half a thought')
    await expect(own('Evening.mp4')).toBeVisible()
  })

  await test.step('the channel has both files, stored by the bot', async () => {
    await page.getByRole('button', { name: 'TelePlay storage' }).click()
    for (const name of ['Evening.mp4', 'Sunset.jpg']) {
      const post = page.getByRole('article').filter({ hasText: name })
      await expect(post).toContainText('stored by @teleplay_bot')
    }
  })

  await page.screenshot({ path: test.info().outputPath(`${basename(import.meta.filename)}.png`) })
  expect(faults).toEqual([])
})

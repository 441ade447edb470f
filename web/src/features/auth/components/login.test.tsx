import { screen } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { aBot, aCode, aFolder, aList, anAuth, aUser, tokens } from '@/testing/fixtures'
import { renderApp } from '@/testing/render-app'
import { answer, failing, hanging, server, unreachable } from '@/testing/server'

const heading = (name: string) => screen.findByRole('heading', { name })

beforeEach(() => {
  server.use(
    failing('GET /api/auth/me', 401, 'unauthenticated'),
    failing('POST /api/auth/refresh', 401, 'unauthenticated'),
    answer('POST /api/auth/code/generate', aCode),
    hanging('POST /api/auth/code/verify'),
  )
})

/** From now on somebody is logged in, with an empty library. */
function letIn() {
  server.use(
    answer('GET /api/auth/me', aUser),
    answer('POST /api/auth/refresh', tokens),
    answer('GET /api/folders', [aFolder(5, 'Films')]),
    answer('GET /api/files', aList([])),
    answer('GET /api/auth/bot-info', aBot),
  )
}

test('shows the code, the number and the ways to the bot', async () => {
  renderApp('/login')
  expect(await screen.findByLabelText('Code 4 8 2 9 1 3')).toHaveTextContent('482913')
  expect(screen.getByText('47')).toBeInTheDocument()
  expect(screen.getByRole('img', { name: 'QR code that opens @teleplay_bot' })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Open Telegram' })).toHaveAttribute('href', aCode.link)
  expect(screen.getByRole('timer')).toHaveTextContent('10:00')
})

test('tells the server what this device is called', async () => {
  let body: unknown
  server.use(
    answer('POST /api/auth/code/generate', (asked) => {
      body = asked.body
      return aCode
    }),
  )
  renderApp('/login')
  await screen.findByText('47')
  expect(body).toMatchObject({ client: 'web', device_name: expect.any(String) as string })
})

test('nobody is logged in: to the login, and back to the same screen after it', async () => {
  const { router } = renderApp('/folder/5?sort=name')
  await screen.findByText('47')
  expect(router.state.location.search).toEqual({ next: '/folder/5?sort=name' })
})

test('confirmed: goes to the screen that was asked for', async () => {
  letIn()
  server.use(answer('POST /api/auth/code/verify', anAuth))
  const { router } = renderApp('/login?next=%2Ffolder%2F5')
  await heading('Films')
  expect(router.state.location.pathname).toBe('/folder/5')
})

test('refused: says so, and a press brings a new code', async () => {
  server.use(failing('POST /api/auth/code/verify', 410, 'access_denied'))
  const { user } = renderApp('/login')
  await heading('The login was refused')
  server.use(hanging('POST /api/auth/code/verify'))
  await user.click(screen.getByRole('button', { name: 'Show a new code' }))
  expect(await screen.findByText('47')).toBeInTheDocument()
})

test('ended: a new code by itself', async () => {
  let codes = 0
  let polls = 0
  server.use(
    answer('POST /api/auth/code/generate', () => ({ ...aCode, match: String(10 + codes++) })),
    failing('POST /api/auth/code/verify', 410, 'code_expired'),
  )
  server.events.on('request:start', ({ request }) => {
    if (request.url.endsWith('/verify') && ++polls === 1)
      queueMicrotask(() => server.use(hanging('POST /api/auth/code/verify')))
  })
  renderApp('/login')
  expect(await screen.findByText('11')).toBeInTheDocument()
  server.events.removeAllListeners()
})

test('no server: says so', async () => {
  server.use(unreachable('POST /api/auth/code/generate'))
  renderApp('/login')
  await heading('TelePlay does not answer')
})

test('the server goes away under a code', async () => {
  server.use(unreachable('POST /api/auth/code/verify'))
  renderApp('/login')
  expect(await screen.findByText(/The server does not answer/)).toBeInTheDocument()
  expect(screen.getByText('47')).toBeInTheDocument()
})

test('too many codes: says when the next one comes', async () => {
  server.use(failing('POST /api/auth/code/generate', 429, 'rate_limited', { 'Retry-After': '600' }))
  renderApp('/login')
  await heading('Too many codes from here')
  expect(screen.getByRole('timer')).toHaveTextContent('10:00')
})

test('the bot’s link: a name, one press, in', async () => {
  const keys: unknown[] = []
  server.use(
    answer('POST /api/auth/web-link', ({ body }) => {
      keys.push(body)
      return body.peek ? { user: aUser } : anAuth
    }),
  )
  const { user } = renderApp('/auth#k=KEY')
  const button = await screen.findByRole('button', { name: 'Log in as Ada Lovelace' })
  expect(keys).toEqual([{ key: 'KEY', peek: true }])
  letIn()
  await user.click(button)
  await heading('Library')
  expect(keys).toEqual([{ key: 'KEY', peek: true }, { key: 'KEY' }])
})

test.each([['/auth#k=OLD'], ['/auth']])('a dead link, %s: the next step', async (address) => {
  server.use(failing('POST /api/auth/web-link', 410, 'code_expired'))
  renderApp(address)
  await heading('This link does not work any more')
  expect(screen.getByText('/web')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Log in with a code' })).toHaveAttribute('href', '/login')
})

test('a link while the server is away: another try', async () => {
  server.use(unreachable('POST /api/auth/web-link'))
  const { user } = renderApp('/auth#k=KEY')
  await heading('TelePlay does not answer')
  server.use(answer('POST /api/auth/web-link', { user: aUser }))
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('button', { name: /Log in as/ })).toBeEnabled()
})

test('log out', async () => {
  letIn()
  let out = false
  server.use(
    answer('POST /api/auth/logout', () => {
      out = true
      return { message: '' }
    }),
  )
  const { user } = renderApp('/')
  const account = await screen.findByRole('button', { name: 'Account, Ada Lovelace' })
  // A voice that says what it sees must find what stands there in the name: nothing does.
  expect(account).toHaveTextContent(/^$/)
  await user.click(account)
  expect(screen.getByText('Ada Lovelace')).toBeInTheDocument()
  await user.click(screen.getByRole('menuitem', { name: 'Log out' }))
  expect(await screen.findByText('47')).toBeInTheDocument()
  expect(out).toBe(true)
})

test('a logout that fails says so', async () => {
  letIn()
  server.use(unreachable('POST /api/auth/logout'))
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'Account, Ada Lovelace' }))
  await user.click(screen.getByRole('menuitem', { name: 'Log out' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('TelePlay does not answer')
})

test('the login leaves nothing behind that Back would lead to', async () => {
  server.use(answer('POST /api/auth/code/verify', anAuth))
  server.events.on('request:start', ({ request }) => {
    if (request.url.endsWith('/verify')) letIn()
  })
  const { router } = renderApp('/folder/5')
  await heading('Films')
  expect(router.history.canGoBack()).toBe(false)
  server.events.removeAllListeners()
})

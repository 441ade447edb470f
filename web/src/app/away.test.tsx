import { act, screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'
import { FakeEventSource } from '@/testing/fake-event-source'
import { aList } from '@/testing/fixtures'
import { renderApp } from '@/testing/render-app'
import { answer, server, unreachable } from '@/testing/server'

vi.mock('./screens/load-watch-screen', () => ({
  loadWatchScreen: () =>
    Promise.reject(new TypeError('Failed to fetch dynamically imported module: /x.js')),
}))

test('a part of the app that does not come: the server is away, and asked before a reload', async () => {
  const { user } = renderApp('/watch/1')
  expect(
    await screen.findByRole('heading', { level: 1, name: 'TelePlay does not answer' }),
  ).toBeInTheDocument()
  server.use(unreachable('GET /health'))
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(screen.getByRole('button', { name: 'Try again' })).toBeEnabled()
})

test('one tab too many: says so, and does not ask without end', async () => {
  let asked = 0
  server.use(
    answer('GET /api/folders', []),
    answer('GET /api/files', aList([])),
    http.get('/api/events', () => {
      asked++
      return HttpResponse.json(
        { code: 'rate_limited' },
        { status: 429, headers: { 'Retry-After': '30' } },
      )
    }),
  )
  renderApp('/')
  await screen.findByRole('heading', { name: 'Your library is empty' })
  act(() => FakeEventSource.latest.refuse())
  await waitFor(() => expect(asked).toBe(1))
  expect(await screen.findByText(/open in many tabs/)).toBeInTheDocument()
  expect(asked).toBe(1)
})

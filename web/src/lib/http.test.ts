import { http, HttpResponse } from 'msw'
import { afterEach, expect, test, vi } from 'vitest'
import { aUser, tokens } from '@/testing/fixtures'
import { answer, failing, server, unreachable } from '@/testing/server'
import { ApiError } from './api-error'
import { call, probe } from './http'
import { keepSession, onSessionEnd, renewSession } from './session'

afterEach(() => void vi.useRealTimers())

function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as ApiError,
  )
}

test('sends path, query and body by the contract', async () => {
  const seen: unknown[] = []
  server.use(
    http.all('/api/*', async ({ request }) => {
      const { pathname, search } = new URL(request.url)
      seen.push([request.method, pathname + search, await request.text()])
      return HttpResponse.json({})
    }),
  )
  await call('PATCH /api/files/{id}', { path: { id: 5 }, body: { folder_id: 0 } })
  await call('GET /api/files', { query: { folder_id: 0, cursor: undefined } })
  await call('POST /api/auth/logout', {})
  expect(seen).toEqual([
    ['PATCH', '/api/files/5', '{"folder_id":0}'],
    ['GET', '/api/files?folder_id=0', ''],
    ['POST', '/api/auth/logout', ''],
  ])
})

test('a failure has the words of the contract', async () => {
  server.use(failing('GET /api/auth/me', 503, 'upstream_busy', { 'Retry-After': '7' }))
  const error = await failureOf(call('GET /api/auth/me', {}))
  expect(error).toMatchObject({
    status: 503,
    code: 'upstream_busy',
    requestId: 'r-1',
    retryAfter: 7,
  })
})

test('nobody answers', async () => {
  server.use(unreachable('GET /api/auth/me'))
  expect(await failureOf(call('GET /api/auth/me', {}))).toMatchObject({
    status: 0,
    code: 'unreachable',
  })
})

test('an answer that is no JSON is a failure too', async () => {
  server.use(http.get('/api/auth/me', () => new HttpResponse('<html>', { status: 502 })))
  expect(await failureOf(call('GET /api/auth/me', {}))).toMatchObject({ status: 502 })
})

test('401: calls at the same time share one renewal, then go through', async () => {
  let renewals = 0
  let fresh = false
  server.use(
    http.get('/api/auth/me', () =>
      fresh ? HttpResponse.json(aUser) : HttpResponse.json({}, { status: 401 }),
    ),
    answer('POST /api/auth/refresh', () => {
      renewals++
      fresh = true
      return tokens
    }),
  )
  const both = [call('GET /api/auth/me', {}), call('GET /api/auth/me', {})]
  expect(await Promise.all(both)).toEqual([aUser, aUser])
  expect(renewals).toBe(1)
})

test('401 and no renewal: the session is over, and it is told once', async () => {
  const ended = vi.fn()
  onSessionEnd(ended)
  server.use(
    failing('GET /api/auth/me', 401, 'token_expired'),
    failing('POST /api/auth/refresh', 401, 'unauthenticated'),
  )
  expect(await failureOf(call('GET /api/auth/me', {}))).toMatchObject({ status: 401 })
  expect(ended).toHaveBeenCalledTimes(1)
})

test('a server that is away ends no session', async () => {
  const ended = vi.fn()
  onSessionEnd(ended)
  server.use(unreachable('POST /api/auth/refresh'))
  expect(await failureOf(renewSession())).toMatchObject({ status: 0 })
  expect(ended).not.toHaveBeenCalled()
})

test('a probe asks for one byte, past the cache, and says what is wrong', async () => {
  let status = 206
  const asked: (string | null)[] = []
  server.use(
    http.get('/api/stream/5', ({ request }) => {
      asked.push(request.headers.get('Range'), request.cache)
      return HttpResponse.json({ code: 'file_missing' }, { status })
    }),
  )
  await probe('/api/stream/5', undefined, 7)
  expect(asked).toEqual(['bytes=7-7', 'no-store'])
  status = 410
  expect(await failureOf(probe('/api/stream/5'))).toMatchObject({ code: 'file_missing' })
  const left = new AbortController()
  left.abort()
  await expect(probe('/api/stream/5', left.signal)).rejects.toThrow(/abort/i)
})

test('the cookie is renewed at 75 % of its life', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const refresh = vi.fn(() => tokens)
  server.use(answer('POST /api/auth/refresh', refresh))
  keepSession(900)
  vi.advanceTimersByTime(674_000)
  expect(refresh).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1_000)
  vi.useRealTimers()
  await vi.waitFor(() => expect(refresh).toHaveBeenCalledTimes(1))
})

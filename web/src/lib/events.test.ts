import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeEventSource } from '@/testing/fake-event-source'
import { ApiError } from './api-error'
import { openLive } from './events'

let close: () => void
const onEvent = vi.fn()
const onConnected = vi.fn()
const renew = vi.fn(() => Promise.resolve())

beforeEach(() => {
  vi.useFakeTimers()
  renew.mockImplementation(() => Promise.resolve())
  close = openLive({ onEvent, onConnected, renew })
})

afterEach(() => {
  close()
  vi.useRealTimers()
  vi.resetAllMocks()
})

function hide(hidden: boolean) {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

test('tells news by kind', () => {
  FakeEventSource.latest.accept()
  FakeEventSource.latest.say('file', { action: 'added', id: 5, file: null })
  expect(onEvent.mock.calls).toEqual([['file', { action: 'added', id: 5, file: null }]])
  expect(onConnected).toHaveBeenLastCalledWith(true)
})

test('a refused stream is opened again, later each time, and then reads anew', async () => {
  FakeEventSource.latest.accept()
  for (const pause of [1_000, 2_000, 4_000, 8_000, 8_000]) {
    const before = FakeEventSource.opened.length
    FakeEventSource.latest.refuse()
    await vi.advanceTimersByTimeAsync(pause - 1)
    expect(FakeEventSource.opened).toHaveLength(before)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeEventSource.opened).toHaveLength(before + 1)
  }
  expect(onConnected).toHaveBeenLastCalledWith(false)
  FakeEventSource.latest.accept()
  expect(onEvent).toHaveBeenCalledWith('resync', {})
})

test('a stream of nobody is not opened again', async () => {
  renew.mockImplementation(() => Promise.reject(new ApiError(401, 'unauthenticated', '')))
  FakeEventSource.latest.refuse()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(FakeEventSource.opened).toHaveLength(1)
})

test('a tab that is hidden for 30 s gives its stream back, and reads anew when seen', () => {
  const first = FakeEventSource.latest
  first.accept()
  hide(true)
  vi.advanceTimersByTime(29_000)
  hide(false)
  vi.advanceTimersByTime(60_000)
  expect(first.readyState).toBe(1)

  hide(true)
  vi.advanceTimersByTime(30_000)
  expect(first.readyState).toBe(2)
  hide(false)
  expect(FakeEventSource.opened).toHaveLength(2)
  FakeEventSource.latest.accept()
  expect(onEvent).toHaveBeenCalledWith('resync', {})
})

test('closing ends it', () => {
  close()
  expect(FakeEventSource.latest.readyState).toBe(2)
  hide(true)
  hide(false)
  expect(FakeEventSource.opened).toHaveLength(1)
})

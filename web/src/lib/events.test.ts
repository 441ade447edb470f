import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeEventSource } from '@/testing/fake-event-source'
import { ApiError } from './api-error'
import { openLive } from './events'

let close: () => void
const onEvent = vi.fn()
const onConnected = vi.fn()
const onRefused = vi.fn()
const ask = vi.fn(() => Promise.resolve())

beforeEach(() => {
  vi.useFakeTimers()
  ask.mockImplementation(() => Promise.resolve())
  close = openLive({ onEvent, onConnected, ask, onRefused })
})

afterEach(() => {
  close()
  vi.useRealTimers()
  vi.resetAllMocks()
  vi.restoreAllMocks()
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
  ask.mockImplementation(() => Promise.reject(new ApiError(401, 'unauthenticated', '')))
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
  first.say('beat', {})
  vi.advanceTimersByTime(30_000)
  first.say('beat', {})
  expect(first.readyState).toBe(1)

  hide(true)
  vi.advanceTimersByTime(30_000)
  expect(first.readyState).toBe(2)
  hide(false)
  expect(FakeEventSource.opened).toHaveLength(2)
  FakeEventSource.latest.accept()
  expect(onEvent).toHaveBeenCalledWith('resync', {})
})

test('a stream over the limit is asked for when the server wants it, and says why', async () => {
  const full = new ApiError(429, 'rate_limited', '', undefined, 30)
  ask.mockImplementation(() => Promise.reject(full))
  FakeEventSource.latest.refuse()
  await vi.advanceTimersByTimeAsync(29_999)
  expect(FakeEventSource.opened).toHaveLength(1)
  expect(onRefused).toHaveBeenLastCalledWith(full)
  await vi.advanceTimersByTimeAsync(1)
  expect(FakeEventSource.opened).toHaveLength(2)
  FakeEventSource.latest.accept()
  expect(onRefused).toHaveBeenLastCalledWith(undefined)
})

test('a stream that is silent for 40 s is dead; a beat is a sign of life', () => {
  FakeEventSource.latest.accept()
  for (let beat = 0; beat < 4; beat++) {
    vi.advanceTimersByTime(15_000)
    FakeEventSource.latest.say('beat', {})
  }
  vi.advanceTimersByTime(39_999)
  expect(FakeEventSource.opened).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(FakeEventSource.opened).toHaveLength(2)
  expect(FakeEventSource.opened[0]?.readyState).toBe(2)
  FakeEventSource.latest.accept()
  expect(onEvent).toHaveBeenCalledWith('resync', {})
})

test('a tab opened behind others has no stream until somebody sees it', () => {
  close()
  FakeEventSource.opened = []
  hide(true)
  close = openLive({ onEvent, onConnected, ask, onRefused })
  vi.advanceTimersByTime(60_000)
  expect(FakeEventSource.opened).toHaveLength(0)
  hide(false)
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

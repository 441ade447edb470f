import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError, unreachable } from '@/lib/api-error'
import { Outbox } from './outbox'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function anOutbox(...answers: unknown[]) {
  const send = vi.fn((item: number) => {
    const failure = answers.shift()
    return failure instanceof Error ? Promise.reject(failure) : Promise.resolve(item)
  })
  return { send, outbox: new Outbox(send), sent: () => send.mock.calls.map(([item]) => item) }
}

test('once is enough where it arrives', async () => {
  const { outbox, sent } = anOutbox()
  outbox.put(5)
  await vi.advanceTimersByTimeAsync(60_000)
  await outbox.flush()
  expect(sent()).toEqual([5])
})

test('what did not arrive is sent again, later each time', async () => {
  const { outbox, sent } = anOutbox(unreachable(), unreachable())
  outbox.put(5)
  await vi.advanceTimersByTimeAsync(999)
  expect(sent()).toEqual([5])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent()).toEqual([5, 5])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent()).toEqual([5, 5, 5])
})

test('and not before the server wants it', async () => {
  const { outbox, sent } = anOutbox(new ApiError(429, 'rate_limited', '', undefined, 30))
  outbox.put(5)
  await vi.advanceTimersByTimeAsync(29_000)
  expect(sent()).toEqual([5])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sent()).toEqual([5, 5])
})

test('what is newer goes at once, and alone', async () => {
  const { outbox, sent } = anOutbox(unreachable())
  outbox.put(5)
  await vi.advanceTimersByTimeAsync(10)
  outbox.put(6)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent()).toEqual([5, 6])
})

test('what is refused is not sent again', async () => {
  const { outbox, sent } = anOutbox(new ApiError(404, 'not_found', ''))
  outbox.put(5)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sent()).toEqual([5])
})

test('a flush tries now', async () => {
  const { outbox, sent } = anOutbox(unreachable())
  outbox.put(5)
  await vi.advanceTimersByTimeAsync(10)
  await outbox.flush()
  expect(sent()).toEqual([5, 5])
})

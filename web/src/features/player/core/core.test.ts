import { expect, test, vi } from 'vitest'
import { ApiError } from '@/lib/api-error'
import { commandOf, nextSpeed } from './keymap'
import { byteAt, troubleOf } from './recovery'
import { Reporter } from './reporter'
import { resumeAt } from './resume'
import { type Signs, verdictOf } from './verdict'

const good: Signs = { kind: 'video', played: 2.5, videoWidth: 1280, frames: 60, sound: true }

test.each<[string, Partial<Signs>, string | undefined]>([
  ['all is well', {}, undefined],
  ['HEVC without a decoder: no width', { videoWidth: 0 }, 'no-picture'],
  ['a width, and no frame', { frames: 0 }, 'no-picture'],
  ['no frame yet', { frames: 0, played: 0.5 }, undefined],
  ['a browser that counts no frames', { frames: undefined }, undefined],
  ['AC-3: not a byte of sound', { sound: false }, 'no-sound'],
  ['no sound yet', { sound: false, played: 1.5 }, undefined],
  ['a browser that tells nothing of sound', { sound: undefined }, undefined],
  ['neither: the picture first', { videoWidth: 0, sound: false }, 'no-picture'],
  ['a song has no picture', { kind: 'audio', videoWidth: 0, frames: undefined }, undefined],
])('verdict: %s', (_, signs, verdict) => expect(verdictOf({ ...good, ...signs })).toBe(verdict))

test.each([
  [404, 'gone'],
  [410, 'missing'],
  [0, undefined],
  [401, undefined],
  [429, undefined],
  [503, undefined],
])('a stream that answers %d: %s', (status, trouble) =>
  expect(troubleOf(new ApiError(status, '', ''))).toBe(trouble),
)

test.each([
  [0, 600, 1_000, 0],
  [300, 600, 1_000, 500],
  [600, 600, 1_000, 999],
  [700, 600, 1_000, 999],
  [300, 0, 1_000, 0],
  [0, 600, 0, 0],
])('second %d of %d of a file of %d bytes is about byte %d', (time, duration, size, byte) =>
  expect(byteAt(time, duration, size)).toBe(byte),
)

test.each([
  [{ last_pos: null, completed: false, duration: 100 }, 0],
  [{ last_pos: 40, completed: false, duration: 100 }, 40],
  [{ last_pos: 40, completed: false, duration: null }, 40],
  [{ last_pos: 99, completed: false, duration: 99.5 }, 0],
  [{ last_pos: 95, completed: true, duration: 100 }, 0],
])('%o resumes at %d', (file, at) => expect(resumeAt(file)).toBe(at))

function aReporter() {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const send = vi.fn()
  const reporter = new Reporter(send, () => now)
  const place = (position: number, more = {}) => ({
    position,
    duration: 600,
    ended: false,
    ...more,
  })
  return { send, reporter, place, wait: (ms: number) => (now += ms) }
}

test('reports every 10 s of play', () => {
  const { send, reporter, place, wait } = aReporter()
  for (let second = 0; second <= 25; second++) {
    reporter.playing(place(second))
    wait(1_000)
  }
  expect(send.mock.calls).toEqual([
    [{ position: 10, duration: 600, at: '2026-01-01T00:00:10.000Z' }],
    [{ position: 20, duration: 600, at: '2026-01-01T00:00:20.000Z' }],
  ])
})

test('reports pause, seek and leaving at once, and no place twice', () => {
  const { send, reporter, place } = aReporter()
  reporter.playing(place(1))
  reporter.now(place(5))
  reporter.now(place(5))
  reporter.now(place(300))
  expect(send.mock.calls.map(([p]) => (p as { position: number }).position)).toEqual([5, 300])
})

test('says nothing of a film that never played', () => {
  const { send, reporter, place } = aReporter()
  reporter.now(place(42))
  expect(send).not.toHaveBeenCalled()
})

test('the end is told once, and leaving does not take it back', () => {
  const { send, reporter, place } = aReporter()
  reporter.playing(place(599))
  reporter.now(place(600, { ended: true }))
  reporter.now(place(600, { ended: true }))
  expect(send).toHaveBeenCalledTimes(1)
  expect(send.mock.calls[0]?.[0]).toMatchObject({ position: 600, completed: true })
})

test('a length that is not known is not told', () => {
  const { send, reporter, place } = aReporter()
  reporter.playing(place(1))
  reporter.now(place(2, { duration: NaN }))
  expect(send.mock.calls[0]?.[0]).toMatchObject({ duration: null })
})

test.each([
  [' ', { do: 'toggle' }],
  ['k', { do: 'toggle' }],
  ['K', { do: 'toggle' }],
  ['j', { do: 'skip', by: -10 }],
  ['l', { do: 'skip', by: 10 }],
  ['ArrowLeft', { do: 'skip', by: -5 }],
  ['ArrowRight', { do: 'skip', by: 5 }],
  ['f', { do: 'fullscreen' }],
  ['m', { do: 'mute' }],
  ['3', { do: 'jump', to: 0.3 }],
  ['>', { do: 'speed', by: 1 }],
  ['x', undefined],
  ['Escape', undefined],
])('key %s', (key, command) => expect(commandOf(key)).toEqual(command))

test('speeds have ends', () => {
  expect(nextSpeed(1, 1)).toBe(1.25)
  expect(nextSpeed(2, 1)).toBe(2)
  expect(nextSpeed(0.5, -1)).toBe(0.5)
})

import { expect, test, vi } from 'vitest'
import { commandOf, nextSpeed } from './keymap'
import { playback, type PlaybackEvent, startOf } from './playback'
import { recoveryFrom, retryPause } from './recovery'
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
  [206, 'cannot-decode'],
  [200, 'cannot-decode'],
  [401, 'renew'],
  [403, 'renew'],
  [404, 'gone'],
  [410, 'missing'],
  [0, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
])('after an error, when the stream answers %d: %s', (status, what) => {
  const recovery = recoveryFrom(status)
  expect(recovery.do === 'give-up' ? recovery.trouble : recovery.do).toBe(what)
})

test('pauses between tries', () => {
  expect([0, 1, 2, 3, 4, 99].map(retryPause)).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
})

test.each([
  [{ last_pos: null, completed: false, duration: 100 }, 0],
  [{ last_pos: 40, completed: false, duration: 100 }, 40],
  [{ last_pos: 40, completed: false, duration: null }, 40],
  [{ last_pos: 99, completed: false, duration: 99.5 }, 0],
  [{ last_pos: 95, completed: true, duration: 100 }, 0],
])('%o resumes at %d', (file, at) => expect(resumeAt(file)).toBe(at))

function after(...events: PlaybackEvent[]) {
  return events.reduce(playback, startOf(600, 42))
}

test('playback: it begins where it was left', () => {
  expect(after()).toMatchObject({ phase: 'loading', waiting: true, time: 42, duration: 600 })
})

test('playback: a browser that wants a press first', () => {
  expect(after({ type: 'ready' })).toMatchObject({ phase: 'paused', waiting: false })
})

test('playback: plays, waits for bytes, goes on', () => {
  const moving = after({ type: 'play' }, { type: 'ready' }, { type: 'moving' })
  expect(moving).toMatchObject({ phase: 'playing', waiting: false })
  const waiting = playback(moving, { type: 'waiting' })
  expect(waiting).toMatchObject({ phase: 'playing', waiting: true })
  expect(playback(waiting, { type: 'moving' })).toMatchObject({ waiting: false })
  expect(playback(moving, { type: 'pause' })).toMatchObject({ phase: 'paused' })
})

test('playback: a lost connection keeps the phase, and counts', () => {
  const lost = after({ type: 'play' }, { type: 'moving' }, { type: 'retry' }, { type: 'retry' })
  expect(lost).toMatchObject({ phase: 'playing', waiting: true, retries: 2 })
  expect(playback(lost, { type: 'pause' })).toMatchObject({ phase: 'playing' })
  expect(playback(lost, { type: 'moving' })).toMatchObject({ retries: 0, waiting: false })
})

test('playback: trouble stays until another try is asked for', () => {
  const trouble = after({ type: 'give-up', trouble: 'cannot-decode' })
  expect(trouble).toMatchObject({ phase: 'paused', trouble: 'cannot-decode', time: 42 })
  expect(playback(trouble, { type: 'again' })).toMatchObject({
    phase: 'loading',
    trouble: undefined,
    time: 42,
  })
})

test('playback: the end', () => {
  const ended = after({ type: 'play' }, { type: 'pause' }, { type: 'ended' })
  expect(ended).toMatchObject({ phase: 'ended', waiting: false })
})

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

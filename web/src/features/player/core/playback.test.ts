import { expect, test } from 'vitest'
import { ApiError } from '@/lib/api-error'
import { type Act, type Playback, type PlaybackEvent, startOf, step } from './playback'

const begun = startOf(600, 42)

/** The state after the events, and what was to be done at the last one. */
function after(...events: PlaybackEvent[]): { state: Playback; acts: Act[] } {
  return events.reduce<{ state: Playback; acts: Act[] }>(
    ({ state }, event) => {
      const [next, ...acts] = step(state, event)
      return { state: next, acts }
    },
    { state: begun, acts: [] },
  )
}

const at = (time: number): PlaybackEvent => ({ type: 'reading', reading: { time } })
const opened: PlaybackEvent = { type: 'opened' }
const moving: PlaybackEvent[] = [opened, { type: 'ready' }, { type: 'moving' }, at(42)]
const broke = (code: number): PlaybackEvent => ({ type: 'broke', code })
const served: PlaybackEvent = { type: 'answered' }
const says = (status: number, code = 'x', retryAfter?: number): PlaybackEvent => ({
  type: 'answered',
  failure: new ApiError(status, code, '', undefined, retryAfter),
})
const ticks = (seconds: number) => Array<PlaybackEvent>(seconds).fill({ type: 'tick' })
const ask = (ms: number): Act => ({ do: 'ask', after: ms })

test('it begins where it was left', () => {
  expect(begun).toMatchObject({ step: 'loading', playing: true, waiting: true, time: 42 })
  const { state, acts } = after(opened)
  expect(state).toMatchObject({ step: 'here', time: 42 })
  expect(acts).toEqual([{ do: 'seek', to: 42 }])
})

test('a browser that wants a press first', () => {
  const { state } = after({ type: 'refused' }, opened, { type: 'ready' })
  expect(state).toMatchObject({ playing: false, waiting: false })
  expect(step(state, { type: 'toggle' })).toEqual([{ ...state, playing: true }, { do: 'play' }])
})

test('plays, waits for bytes, goes on, pauses', () => {
  expect(after(...moving).state).toMatchObject({ step: 'here', waiting: false })
  expect(after(...moving, { type: 'waiting' }).state.waiting).toBe(true)
  expect(after(...moving, { type: 'waiting' }, { type: 'moving' }).state.waiting).toBe(false)
  const { state, acts } = after(...moving, { type: 'paused' })
  expect(state.playing).toBe(false)
  expect(acts).toEqual([{ do: 'report' }])
})

test('the end', () => {
  const { state, acts } = after(...moving, { type: 'ended' })
  expect(state).toMatchObject({ playing: false, ended: true, waiting: false })
  expect(acts).toEqual([{ do: 'report' }])
  expect(step(state, { type: 'toggle' })[0]).toMatchObject({ playing: true, ended: false })
})

test('a network error asks at once, loads, and goes on at the same place', () => {
  const lost = after(...moving, at(77), broke(2))
  expect(lost.state).toMatchObject({ step: 'lost', waiting: true, time: 77 })
  expect(lost.acts).toEqual([ask(0)])
  expect(after(...moving, at(77), broke(2), served).acts).toEqual([{ do: 'load' }])
  const back = after(...moving, at(77), broke(2), served, at(0), opened)
  expect(back.state).toMatchObject({ step: 'here', time: 77 })
  expect(back.acts).toEqual([{ do: 'seek', to: 77 }])
})

test('the pause that comes with an error is nobody’s wish', () => {
  const { state, acts } = after(...moving, broke(2), { type: 'paused' })
  expect(state.playing).toBe(true)
  expect(acts).toEqual([])
})

test('while it is away the place stays, whatever the element says', () => {
  expect(after(...moving, at(77), broke(2), at(0)).state.time).toBe(77)
  expect(after(...moving, at(77), broke(2), served, at(0)).state.time).toBe(77)
})

test('what a person does while it is away holds', () => {
  const away = [...moving, broke(2), says(0)]
  expect(after(...away, { type: 'seek', to: 300 }, served, opened)).toMatchObject({
    state: { time: 300 },
    acts: [{ do: 'seek', to: 300 }],
  })
  expect(after(...away, { type: 'toggle' }, served).state).toMatchObject({
    step: 'loading',
    playing: false,
  })
})

test('a press while it is away looks at once', () => {
  const { acts } = after(...moving, { type: 'paused' }, broke(2), says(0), { type: 'toggle' })
  expect(acts).toEqual([{ do: 'play' }, ask(0)])
})

test('a server that is away is asked later each time, without end', () => {
  const events: PlaybackEvent[] = [...moving, broke(2)]
  for (const ms of [1_000, 2_000, 4_000, 8_000, 8_000]) {
    events.push(says(0, 'unreachable'))
    const { state, acts } = after(...events)
    expect(acts).toEqual([ask(ms)])
    expect(state.why).toMatchObject({ code: 'unreachable' })
  }
  expect(after(...events, served, opened, { type: 'moving' }).state.why).toBeUndefined()
})

test('a busy server is asked when it wants to be', () => {
  expect(after(...moving, broke(2), says(503, 'upstream_busy', 5)).acts).toEqual([ask(5_000)])
})

test.each([
  [404, 'gone'],
  [410, 'missing'],
])('%d ends it: %s', (status, trouble) => {
  const { state, acts } = after(...moving, broke(2), says(status))
  expect(state).toMatchObject({ step: 'failed', trouble, time: 42, waiting: false })
  expect(acts).toEqual([])
})

test.each<[string, PlaybackEvent[], string]>([
  ['a format, twice', [broke(4), served, broke(4), served], 'failed'],
  ['a format, once: the server may have blinked', [broke(4), served], 'loading'],
  ['a format that was understood before', [opened, broke(4), served, broke(4), served], 'loading'],
  ['a decoder that fails twice at a place', [opened, broke(3), served, broke(3), served], 'failed'],
  ['the network, again and again', [broke(2), served, broke(2), served], 'loading'],
  ['no word of why', [broke(0), served, broke(0), served], 'loading'],
])('%s', (_, events, end) => {
  const { state } = after(...events)
  expect(state.step).toBe(end)
  expect(state.trouble).toBe(end === 'failed' ? 'cannot-decode' : undefined)
})

test('a film that breaks where it starts is not loaded without a pause', () => {
  const again = after(...moving, broke(2), served, opened, { type: 'moving' }, at(42.5), broke(2))
  expect(again.acts).toEqual([ask(1_000)])
  const later = after(...moving, broke(2), served, opened, { type: 'moving' }, at(43.5), broke(2))
  expect(later.acts).toEqual([ask(0)])
})

test('a server that is silent for 8 s does not answer', () => {
  const waiting: PlaybackEvent[] = [...moving, { type: 'waiting' }]
  expect(after(...waiting, ...ticks(7)).state.step).toBe('here')
  const { state, acts } = after(...waiting, ...ticks(8))
  expect(state).toMatchObject({ step: 'lost', why: { code: 'unreachable' } })
  expect(acts).toEqual([ask(0)])
  expect(after(...ticks(8)).state.step).toBe('lost')
})

test('bytes that come slowly are bytes', () => {
  const slow = [...ticks(7), { type: 'bytes' } as const, ...ticks(7)]
  expect(after(...moving, { type: 'waiting' }, ...slow).state.step).toBe('here')
  expect(after(...moving, ...ticks(60)).state.step).toBe('here')
})

test('a server that was silent and speaks again needs no load', () => {
  const silent = [...moving, { type: 'waiting' } as const, ...ticks(8)]
  const moved = after(...silent, { type: 'moving' }).state
  expect(moved).toMatchObject({ step: 'here', why: undefined })
  expect(step(moved, served)).toEqual([moved])
  expect(after(...silent, { type: 'ready' }).state.step).toBe('here')
})

test('trouble stays until another try is asked for', () => {
  const gone = [...moving, broke(2), says(404)]
  expect(after(...gone, { type: 'paused' }, broke(4)).state.trouble).toBe('gone')
  for (const type of ['again', 'toggle'] as const)
    expect(after(...gone, { type })).toMatchObject({
      state: { step: 'loading', playing: true, trouble: undefined, time: 42 },
      acts: [{ do: 'load' }],
    })
})

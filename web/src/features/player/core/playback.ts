import { restOf, unreachable } from '@/lib/api-error'
import { retryPause } from '@/lib/pause'
import { type Trouble, troubleOf } from './recovery'
import type { Verdict } from './verdict'

/** What a media element says of itself at any time. */
export interface Reading {
  time: number
  duration: number
  /** How far bytes are there without a gap from where we are. */
  buffered: number
  volume: number
  muted: boolean
  speed: number
}

/** What a player shows, and all that it decides by. */
export interface Playback extends Reading {
  /**
   * loading: the element reads the head of the file · here: its time is ours · lost: it gets
   * no bytes, and the server is asked why · failed: the file cannot be shown.
   *
   * `time` is always the place that the person is at: only while the film is here does it
   * follow the element, which stands at 0 after each load.
   */
  step: 'loading' | 'here' | 'lost' | 'failed'
  /** What the person wants. A loss of the connection pauses the element, and not this. */
  playing: boolean
  ended: boolean
  /** It should move and does not: bytes are on their way. */
  waiting: boolean
  /** Seconds of waiting without one byte. */
  still: number
  /** Where the last load or seek led to. */
  from: number
  /** The element has understood this file before. */
  opened: boolean
  /** Loads and questions since the film last went on. */
  tries: number
  /** The MediaError that was the last loss. */
  code: number
  /** What is wrong with the connection, while trying goes on. */
  why?: unknown
  trouble?: Trouble
  verdict?: Verdict
}

export type PlaybackEvent =
  // The person.
  | { type: 'toggle' | 'again' }
  | { type: 'seek'; to: number }
  // The element.
  | { type: 'reading'; reading: Partial<Reading> }
  | { type: 'opened' | 'ready' | 'moving' | 'waiting' | 'bytes' }
  | { type: 'resumed' | 'paused' | 'seeking' | 'seeked' | 'ended' }
  /** The browser wants a press before it plays. */
  | { type: 'refused' }
  | { type: 'broke'; code: number }
  | { type: 'verdict'; verdict: Verdict }
  // The world.
  | { type: 'tick' }
  /** The server's answer to `ask`: the bytes, or a failure. */
  | { type: 'answered'; failure?: unknown }

/** What is to be done: with the element, or with the server. */
export type Act =
  | { do: 'load' | 'play' | 'pause' }
  | { do: 'seek'; to: number }
  /** Tell the server the place. */
  | { do: 'report' }
  /** Ask the server in `after` ms whether it has the bytes. A new question replaces the last. */
  | { do: 'ask'; after: number }

/** The codes of MediaError. */
const NETWORK = 2
const DECODE = 3
const FORMAT = 4

/** A server that sends nothing for so many seconds does not answer. Browsers wait for minutes. */
const PATIENCE = 8

/** A film that got so many seconds on from its last start has its connection back. */
const STEADY = 1

export function startOf(duration: number | null, time: number): Playback {
  return {
    step: 'loading',
    playing: true,
    ended: false,
    waiting: true,
    still: 0,
    from: time,
    opened: false,
    tries: 0,
    code: 0,
    time,
    duration: duration ?? 0,
    buffered: 0,
    volume: 1,
    muted: false,
    speed: 1,
  }
}

/** The player as a machine: what becomes of it by an event, and what is to be done then. */
export function step(state: Playback, event: PlaybackEvent): [Playback, ...Act[]] {
  const here = state.step === 'here'
  switch (event.type) {
    case 'toggle':
      if (state.step === 'failed') return step(state, { type: 'again' })
      if (state.playing) return [{ ...state, playing: false }, { do: 'pause' }]
      return [
        { ...state, playing: true, ended: false },
        { do: 'play' },
        // A press is a reason to look at once.
        ...(state.step === 'lost' ? [{ do: 'ask', after: 0 } as const] : []),
      ]
    case 'seek':
      return [
        { ...state, time: event.to, from: event.to, ended: false },
        { do: 'seek', to: event.to },
      ]
    case 'again':
      return load({ ...state, playing: true, tries: 0, trouble: undefined })

    case 'reading':
      return [read(state, event.reading)]
    case 'opened':
      return [
        { ...state, step: 'here', opened: true, from: state.time },
        ...(state.time > 0 ? [{ do: 'seek', to: state.time } as const] : []),
      ]
    case 'ready': {
      // One that was silent for long goes on by itself.
      const next = { ...state, waiting: false, step: state.step === 'lost' ? 'here' : state.step }
      return [state.playing ? next : steady(next)]
    }
    case 'moving':
      return [
        {
          ...state,
          step: 'here',
          waiting: false,
          ended: false,
          why: undefined,
          trouble: undefined,
        },
      ]
    case 'waiting':
      return [here ? { ...state, waiting: true, still: 0 } : state]
    case 'seeking':
      return [here ? { ...state, waiting: true, still: 0, from: state.time } : state]
    case 'seeked':
      return here ? [state, { do: 'report' }] : [state]
    case 'bytes':
      return [state.still > 0 ? { ...state, still: 0 } : state]
    case 'resumed':
      return [{ ...state, playing: true, ended: false }]
    case 'paused':
      // An element also pauses for an error, and while it is loaded again.
      return here ? [{ ...state, playing: false, waiting: false }, { do: 'report' }] : [state]
    case 'refused':
      return [{ ...state, playing: false }]
    case 'ended':
      return [{ ...state, playing: false, ended: true, waiting: false }, { do: 'report' }]
    case 'verdict':
      return [{ ...state, verdict: event.verdict }]

    case 'broke':
      if (state.step === 'failed') return [state]
      // A question is on its way already.
      if (state.step === 'lost') return [{ ...state, code: event.code }]
      return lose({ ...state, code: event.code })
    case 'tick':
      if (state.step !== 'loading' && !(here && state.waiting)) return [state]
      if (state.still + 1 < PATIENCE) return [{ ...state, still: state.still + 1 }]
      return lose({ ...state, code: NETWORK, why: unreachable() })
    case 'answered':
      return state.step === 'lost' ? answered(state, event.failure) : [state]
  }
}

function read(state: Playback, reading: Partial<Reading>): Playback {
  if (state.step !== 'here')
    return { ...state, ...reading, time: state.time, buffered: state.buffered }
  const next = { ...state, ...reading }
  return next.time >= next.from + STEADY ? steady(next) : next
}

function steady(state: Playback): Playback {
  return { ...state, tries: 0, why: undefined }
}

function load(state: Playback): [Playback, Act] {
  return [{ ...state, step: 'loading', waiting: true, still: 0 }, { do: 'load' }]
}

/** The first question comes at once: most servers have only blinked. */
function lose(state: Playback): [Playback, Act] {
  const after = state.tries === 0 ? 0 : retryPause(state.tries - 1)
  return [
    { ...state, step: 'lost', waiting: true, still: 0 },
    { do: 'ask', after },
  ]
}

function answered(state: Playback, failure: unknown): [Playback, ...Act[]] {
  const { code, opened, tries } = state
  // The bytes are there. What was understood before is understood; a first refusal may
  // have met a server that has come back meanwhile, a second one is the format.
  const unreadable = code === DECODE || (code === FORMAT && !opened)
  const trouble =
    failure === undefined && unreadable && tries > 0 ? 'cannot-decode' : troubleOf(failure)
  if (trouble) return [{ ...state, step: 'failed', waiting: false, why: undefined, trouble }]
  const next = { ...state, tries: tries + 1 }
  if (failure === undefined) return load(next)
  const after = Math.max(retryPause(tries), restOf(failure))
  return [
    { ...next, why: failure },
    { do: 'ask', after },
  ]
}

import type { Trouble } from './recovery'
import type { Verdict } from './verdict'

/** What a player shows. */
export interface Playback {
  phase: 'loading' | 'playing' | 'paused' | 'ended'
  /** It should move and does not: bytes are on their way. */
  waiting: boolean
  /** The connection is gone; the number of tries so far. */
  retries: number
  time: number
  duration: number
  /** How far bytes are there without a gap from where we are. */
  buffered: number
  volume: number
  muted: boolean
  speed: number
  trouble?: Trouble
  verdict?: Verdict
}

/** What a media element says of itself at any time. */
export type Reading = Pick<
  Playback,
  'time' | 'duration' | 'buffered' | 'volume' | 'muted' | 'speed'
>

export type PlaybackEvent =
  | { type: 'reading'; reading: Partial<Reading> }
  | { type: 'ready' | 'play' | 'moving' | 'pause' | 'ended' | 'waiting' }
  | { type: 'verdict'; verdict: Verdict }
  | { type: 'retry' }
  | { type: 'give-up'; trouble: Trouble }
  /** The person asks for another try. */
  | { type: 'again' }

export function startOf(duration: number | null, time: number): Playback {
  return {
    phase: 'loading',
    waiting: true,
    retries: 0,
    time,
    duration: duration ?? 0,
    buffered: 0,
    volume: 1,
    muted: false,
    speed: 1,
  }
}

export function playback(state: Playback, event: PlaybackEvent): Playback {
  switch (event.type) {
    case 'reading':
      return { ...state, ...event.reading }
    case 'ready':
      return {
        ...state,
        waiting: false,
        retries: 0,
        phase: state.phase === 'loading' ? 'paused' : state.phase,
      }
    case 'play':
      return { ...state, phase: 'playing' }
    case 'moving':
      return { ...state, phase: 'playing', waiting: false, retries: 0, trouble: undefined }
    case 'pause':
      // An element pauses by itself at its end, and while it is loaded again.
      return state.phase === 'playing' && state.retries === 0
        ? { ...state, phase: 'paused', waiting: false }
        : state
    case 'ended':
      return { ...state, phase: 'ended', waiting: false }
    case 'waiting':
      return { ...state, waiting: true }
    case 'verdict':
      return { ...state, verdict: event.verdict }
    case 'retry':
      return { ...state, waiting: true, retries: state.retries + 1 }
    case 'give-up':
      return { ...state, phase: 'paused', waiting: false, trouble: event.trouble }
    case 'again':
      return { ...state, phase: 'loading', waiting: true, retries: 0, trouble: undefined }
  }
}

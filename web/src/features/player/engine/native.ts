import { probe } from '@/lib/http'
import type { MediaFile } from '@/lib/media-file'
import { pause } from '@/lib/pause'
import { saveProgress } from '../api/save-progress'
import { type Act, type Playback, type PlaybackEvent, step } from '../core/playback'
import { byteAt } from '../core/recovery'
import { Reporter } from '../core/reporter'
import { verdictOf } from '../core/verdict'
import { readingOf } from './reading'
import { signsOf } from './signs'

export interface Engine {
  /** As it is now; a screen may be one drawing behind. */
  readonly state: Playback
  send: (event: PlaybackEvent) => void
  /** Ends it and empties the element, which would go on reading if it were only forgotten. */
  leave: () => void
}

/**
 * Plays a file in the browser's own media element: tells the machine what the
 * element says, does what the machine decides, shows each new state and reports the place.
 */
export function playNative(
  media: HTMLMediaElement,
  file: Pick<MediaFile, 'id' | 'stream_url' | 'file_size'>,
  start: Playback,
  show: (state: Playback) => void,
): Engine {
  const left = new AbortController()
  const { signal } = left
  let state = start
  let question: AbortController | undefined
  let clock: ReturnType<typeof setInterval> | undefined
  let judged = false

  const reporter = new Reporter(
    (place) => saveProgress(file.id, place),
    () => Date.now(),
  )
  const look = () => {
    if (media.readyState > 0) send({ type: 'reading', reading: readingOf(media) })
  }
  const report = () => reporter.now(placeOf(state))
  const leaving = () => {
    look()
    report()
  }

  function send(event: PlaybackEvent) {
    const [next, ...acts] = step(state, event)
    if (next !== state) show((state = next))
    if (state.step !== 'lost') question?.abort()
    acts.forEach(act)
  }

  function act(what: Act) {
    switch (what.do) {
      case 'load':
        judged = false
        media.src = file.stream_url
        media.load()
        if (state.playing) play()
        return
      case 'play':
        play()
        return
      case 'pause':
        media.pause()
        return
      case 'seek':
        media.currentTime = what.to
        return
      case 'report':
        report()
        return
      case 'ask':
        void ask(what.after)
    }
  }

  function play() {
    media.play().catch((reason: unknown) => {
      // A browser may want a press first. Any other reason comes as an event too.
      if (reason instanceof DOMException && reason.name === 'NotAllowedError')
        send({ type: 'refused' })
    })
  }

  async function ask(after: number) {
    question?.abort()
    const asked = (question = new AbortController())
    const failure = await pause(after, asked.signal)
      .then(() => {
        const byte = byteAt(state.time, state.duration, file.file_size)
        return probe(file.stream_url, asked.signal, byte)
      })
      .catch((error: unknown) => error)
    if (!asked.signal.aborted) send({ type: 'answered', failure })
  }

  function judge() {
    const played = state.time - state.from
    // A hidden tab may leave out the picture.
    if (judged || state.step !== 'here' || document.hidden) return
    const verdict = verdictOf(signsOf(media, played))
    judged = played >= 3 || verdict !== undefined
    if (verdict) send({ type: 'verdict', verdict })
  }

  const on = (types: (keyof HTMLMediaElementEventMap)[], handler: () => void) =>
    types.forEach((type) => media.addEventListener(type, handler, { signal }))
  const tell = (type: keyof HTMLMediaElementEventMap, event: PlaybackEvent) =>
    on([type], () => send(event))

  on(['timeupdate', 'progress', 'durationchange', 'volumechange', 'ratechange'], look)
  on(['seeking', 'seeked', 'pause', 'ended'], look)
  tell('loadedmetadata', { type: 'opened' })
  tell('canplay', { type: 'ready' })
  tell('playing', { type: 'moving' })
  tell('waiting', { type: 'waiting' })
  tell('progress', { type: 'bytes' })
  tell('seeking', { type: 'seeking' })
  tell('seeked', { type: 'seeked' })
  on(['play'], () => {
    if (!media.paused) send({ type: 'resumed' })
  })
  on(['pause'], () => {
    // At the end and after an error an element pauses by itself.
    if (!media.ended && !media.error) send({ type: 'paused' })
  })
  tell('ended', { type: 'ended' })
  on(['error'], () => send({ type: 'broke', code: media.error?.code ?? 0 }))
  on(['timeupdate'], () => {
    if (media.paused || state.step !== 'here') return
    reporter.playing(placeOf(state))
    judge()
  })
  window.addEventListener('pagehide', leaving, { signal })

  const begin = () => {
    act({ do: 'load' })
    clock = setInterval(() => send({ type: 'tick' }), 1_000)
  }
  // A film opened in a tab behind others starts when somebody sees it.
  if (document.hidden) document.addEventListener('visibilitychange', begin, { once: true, signal })
  else begin()

  return {
    get state() {
      return state
    },
    send,
    leave() {
      leaving()
      left.abort()
      question?.abort()
      clearInterval(clock)
      media.pause()
      media.removeAttribute('src')
      media.load()
    },
  }
}

function placeOf({ time, duration, ended }: Playback) {
  return { position: time, duration, ended }
}

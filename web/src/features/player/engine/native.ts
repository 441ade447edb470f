import type { MediaFile } from '@/lib/media-file'
import { renewSession } from '@/lib/session'
import { probeStream } from '../api/probe-stream'
import { saveProgress } from '../api/save-progress'
import type { PlaybackEvent } from '../core/playback'
import { recoveryFrom, retryPause } from '../core/recovery'
import { Reporter } from '../core/reporter'
import { verdictOf } from '../core/verdict'
import { readingOf } from './reading'
import { signsOf } from './signs'

/**
 * Drives the browser's own media element: begins at `start`, says what happens, reports
 * the progress, and loads the file again at the same place when the connection was lost.
 * Returns the end of it, which empties the element.
 */
export function driveNative(
  media: HTMLMediaElement,
  file: Pick<MediaFile, 'id' | 'stream_url'>,
  start: number,
  tell: (event: PlaybackEvent) => void,
): () => void {
  const left = new AbortController()
  const { signal } = left
  /** Where to go on after a load, and whether to play then. */
  const resume = { at: start, play: true }
  let tries = 0
  let playedFrom = start
  let judged = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const reporter = new Reporter(
    (progress) => void saveProgress(file.id, progress).catch(() => undefined),
    () => Date.now(),
  )
  const report = () =>
    reporter.now({ position: media.currentTime, duration: media.duration, ended: media.ended })

  const load = () => {
    playedFrom = resume.at
    media.src = file.stream_url
    media.load()
    // A browser may want a press first: then it stays paused, and the button is there.
    if (resume.play) media.play().catch(() => undefined)
  }

  const recover = async () => {
    resume.at = media.currentTime || resume.at
    const recovery = recoveryFrom(await probeStream(file.stream_url, signal))
    if (signal.aborted) return
    if (recovery.do === 'give-up') {
      tell({ type: 'give-up', trouble: recovery.trouble })
      return
    }
    tell({ type: 'retry' })
    if (recovery.do === 'renew') await renewSession().catch(() => undefined)
    timer = setTimeout(load, retryPause(tries++))
  }

  const judge = () => {
    const played = media.currentTime - playedFrom
    // A hidden tab may leave out the picture.
    if (judged || document.hidden) return
    const verdict = verdictOf(signsOf(media, played))
    judged = played >= 3 || verdict !== undefined
    if (verdict) tell({ type: 'verdict', verdict })
  }

  const on = (types: (keyof HTMLMediaElementEventMap)[], handler: () => void) =>
    types.forEach((type) => media.addEventListener(type, handler, { signal }))

  on(['loadedmetadata'], () => {
    if (resume.at > 0) media.currentTime = resume.at
  })
  on(['timeupdate', 'progress', 'durationchange', 'volumechange', 'ratechange', 'seeking'], () => {
    if (media.readyState > 0) tell({ type: 'reading', reading: readingOf(media) })
  })
  on(['canplay'], () => {
    tries = 0
    tell({ type: 'ready' })
  })
  on(['play'], () => tell({ type: 'play' }))
  on(['playing'], () => {
    resume.play = true
    tell({ type: 'moving' })
  })
  on(['waiting'], () => tell({ type: 'waiting' }))
  on(['seeking'], () => {
    playedFrom = media.currentTime
    tell({ type: 'waiting' })
  })
  on(['timeupdate'], () => {
    if (media.paused) return
    reporter.playing({ position: media.currentTime, duration: media.duration, ended: false })
    judge()
  })
  on(['pause'], () => {
    resume.play = false
    tell({ type: 'pause' })
    if (!media.ended) report()
  })
  on(['seeked', 'ended'], report)
  on(['ended'], () => tell({ type: 'ended' }))
  on(['error'], () => void recover())
  window.addEventListener('pagehide', report, { signal })

  load()
  return () => {
    report()
    left.abort()
    clearTimeout(timer)
    // An element that is only forgotten would go on reading.
    media.pause()
    media.removeAttribute('src')
    media.load()
  }
}

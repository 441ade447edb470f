import type { Schemas } from './api.gen'
import { isSignedOut, restOf } from './api-error'
import { retryPause } from './pause'

/** News by kind, as the contract's /api/events has them. */
export interface LiveEvents {
  file: Schemas['FileEvent']
  folder: Schemas['FolderEvent']
  progress: Schemas['Progress']
  session: Schemas['SessionEvent']
  /** Something may have been missed: read everything anew. */
  resync: Record<string, never>
}

export interface LiveOptions {
  onEvent: <K extends keyof LiveEvents>(kind: K, data: LiveEvents[K]) => void
  /** True when the stream is open; trying goes on by itself. */
  onConnected: (connected: boolean) => void
  /** Asks, as `probe` does, why the server refused the stream. */
  ask: () => Promise<void>
  /** What it said; undefined = the stream may come now. */
  onRefused: (why: unknown) => void
}

const kinds = ['file', 'folder', 'progress', 'session', 'resync'] as const

/** A hidden tab gives its connection back after this: an origin has six, and a film needs two. */
const HIDDEN_FOR = 30_000
/** The server says something each 15 s; a stream that is silent for so long is dead. */
const SILENT_FOR = 40_000

/** Listens for news until the returned function is called. */
export function openLive({ onEvent, onConnected, ask, onRefused }: LiveOptions): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let watchdog: ReturnType<typeof setTimeout> | undefined
  let tries = 0
  // A stream that opens late, or again, does not know what came before it.
  let missed = document.hidden
  let stopped = false

  function open() {
    close()
    // A tab opened behind others waits until somebody sees it.
    if (document.hidden) return
    const opened = new EventSource('/api/events')
    source = opened
    heard()
    opened.onopen = () => {
      tries = 0
      heard()
      onConnected(true)
      onRefused(undefined)
      if (missed) onEvent('resync', {})
      missed = true
    }
    opened.onerror = () => {
      onConnected(false)
      // CONNECTING: the browser tries again by itself, with the last id.
      if (opened.readyState === EventSource.CLOSED) void reopen()
    }
    opened.addEventListener('beat', heard)
    for (const kind of kinds)
      opened.addEventListener(kind, (event: MessageEvent<string>) => {
        heard()
        onEvent(kind, JSON.parse(event.data) as LiveEvents[typeof kind])
      })
  }

  function heard() {
    clearTimeout(watchdog)
    watchdog = setTimeout(silent, SILENT_FOR)
  }

  function silent() {
    onConnected(false)
    open()
  }

  function close() {
    clearTimeout(timer)
    clearTimeout(watchdog)
    source?.close()
    source = undefined
  }

  async function reopen() {
    close()
    const failure = await ask().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (stopped || source !== undefined || isSignedOut(failure)) return
    onRefused(failure)
    timer = setTimeout(open, Math.max(retryPause(tries++), restOf(failure)))
  }

  function onVisibility() {
    if (document.hidden) {
      clearTimeout(timer)
      timer = setTimeout(close, HIDDEN_FOR)
    } else if (source === undefined) open()
    else clearTimeout(timer)
  }

  document.addEventListener('visibilitychange', onVisibility)
  open()
  return () => {
    stopped = true
    document.removeEventListener('visibilitychange', onVisibility)
    close()
  }
}

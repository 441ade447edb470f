import type { Schemas } from './api.gen'
import { isSignedOut } from './api-error'

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
  /** False when the stream is lost; trying goes on by itself. */
  onConnected: (connected: boolean) => void
  /** Called when the server refused the stream, before the next try. */
  renew: () => Promise<void>
}

const kinds = ['file', 'folder', 'progress', 'session', 'resync'] as const

/** A hidden tab gives its connection back after this: an origin has six, and a film needs two. */
const HIDDEN_FOR = 30_000
const LONGEST_PAUSE = 8_000

/** Listens for news until the returned function is called. */
export function openLive({ onEvent, onConnected, renew }: LiveOptions): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = 1_000
  // A stream opened again by us does not know where the last one ended.
  let missed = false
  let stopped = false

  function open() {
    close()
    const opened = new EventSource('/api/events')
    source = opened
    opened.onopen = () => {
      pause = 1_000
      onConnected(true)
      if (missed) onEvent('resync', {})
      missed = true
    }
    opened.onerror = () => {
      onConnected(false)
      // CONNECTING: the browser tries again by itself, with the last id.
      if (opened.readyState === EventSource.CLOSED) void reopen()
    }
    for (const kind of kinds)
      opened.addEventListener(kind, (event: MessageEvent<string>) =>
        onEvent(kind, JSON.parse(event.data) as LiveEvents[typeof kind]),
      )
  }

  function close() {
    clearTimeout(timer)
    source?.close()
    source = undefined
  }

  async function reopen() {
    close()
    const failure = await renew().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (stopped || isSignedOut(failure)) return
    timer = setTimeout(open, pause)
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }

  function onVisibility() {
    if (!document.hidden && source === undefined) {
      clearTimeout(timer)
      open()
    } else if (document.hidden) {
      clearTimeout(timer)
      timer = setTimeout(close, HIDDEN_FOR)
    } else clearTimeout(timer)
  }

  document.addEventListener('visibilitychange', onVisibility)
  open()
  return () => {
    stopped = true
    document.removeEventListener('visibilitychange', onVisibility)
    close()
  }
}

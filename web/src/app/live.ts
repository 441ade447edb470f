import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { LiveLibrary } from '@/features/library/api/live'
import { type LiveEvents, openLive } from '@/lib/events'
import { probe } from '@/lib/http'

/** Keeps the screens true while somebody is logged in, and says why it cannot. */
export function useLive() {
  const client = useQueryClient()
  const [connected, setConnected] = useState(true)
  const [refused, setRefused] = useState<unknown>()

  useEffect(() => {
    const library = new LiveLibrary(client)
    const news: { [K in keyof LiveEvents]: (data: LiveEvents[K]) => void } = {
      file: (event) => library.onFile(event),
      folder: () => library.onFolder(),
      progress: (progress) => library.onProgress(progress),
      session: () => void client.invalidateQueries({ queryKey: ['me'] }),
      resync: () => void client.invalidateQueries(),
    }
    const close = openLive({
      ask: () => probe('/api/events'),
      onConnected: setConnected,
      onRefused: setRefused,
      onEvent: (kind, data) => news[kind](data),
    })
    return () => {
      library.stop()
      close()
    }
  }, [client])

  return { connected, refused }
}

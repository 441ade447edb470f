import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { applyProgress, refreshLibrary } from '@/features/library/api/keys'
import { type LiveEvents, openLive } from '@/lib/events'
import { renewSession } from '@/lib/session'

/** Events that come together cost one reading. */
const TOGETHER = 150

/** Keeps the screens true while somebody is logged in; false when the server is out of reach. */
export function useLive(): boolean {
  const client = useQueryClient()
  const [connected, setConnected] = useState(true)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void refreshLibrary(client)
      }, TOGETHER)
    }
    const close = openLive({
      renew: renewSession,
      onConnected: setConnected,
      onEvent: (kind, data) => {
        if (kind === 'progress') applyProgress(client, data as LiveEvents['progress'])
        else if (kind === 'session') void client.invalidateQueries({ queryKey: ['me'] })
        else if (kind === 'resync') void client.invalidateQueries()
        else refresh()
      },
    })
    return () => {
      clearTimeout(timer)
      close()
    }
  }, [client])

  return connected
}

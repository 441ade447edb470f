import { type RefObject, useEffect, useRef, useState } from 'react'
import type { MediaFile } from '@/lib/media-file'
import { startOf } from '../core/playback'
import { type Engine, playNative } from './native'

/** Plays a file in the element of `ref` from `from`, while the component is there. */
export function usePlayback(
  ref: RefObject<HTMLMediaElement | null>,
  file: MediaFile,
  from: number,
) {
  const [start] = useState(() => startOf(file.duration, from))
  const [state, show] = useState(start)
  const engine = useRef<Engine>(undefined)
  const { id, stream_url, file_size } = file

  useEffect(() => {
    if (!ref.current) return
    const started = playNative(ref.current, { id, stream_url, file_size }, start, show)
    engine.current = started
    return () => started.leave()
  }, [ref, id, stream_url, file_size, start])

  return { state, engine }
}

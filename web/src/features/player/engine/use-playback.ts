import { type RefObject, useEffect, useReducer, useState } from 'react'
import type { MediaFile } from '@/lib/media-file'
import { playback, startOf } from '../core/playback'
import { driveNative } from './native'

/** Plays a file in the element of `ref` from `start`; `again` is another try at the same place. */
export function usePlayback(
  ref: RefObject<HTMLMediaElement | null>,
  file: MediaFile,
  start: number,
) {
  const [state, dispatch] = useReducer(playback, startOf(file.duration, start))
  const [attempt, setAttempt] = useState({ from: start })
  const { id, stream_url } = file

  useEffect(() => {
    if (ref.current) return driveNative(ref.current, { id, stream_url }, attempt.from, dispatch)
  }, [ref, id, stream_url, attempt])

  const again = () => {
    dispatch({ type: 'again' })
    setAttempt({ from: state.time })
  }
  return { state, again }
}

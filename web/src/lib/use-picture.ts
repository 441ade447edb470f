import { useEffect, useState } from 'react'
import { isNotFound, restOf } from './api-error'
import { probe } from './http'
import { retryPause } from './pause'

/** Tries where the server fails; where it does not, the second one decides. */
const TRIES = 4

/**
 * Sees a picture through: an <img> that fails is asked about, which renews a login that has
 * ended, and loaded again while there is hope. `key` makes it a new element for each try.
 */
export function usePicture(src: string | null) {
  const [known, setKnown] = useState<{
    src: string
    tries: number
    there?: boolean
    why?: unknown
  }>()
  const { tries, there, why } = (known?.src === src && known) || { tries: 0 }
  const failed = there === false && (isNotFound(why) || tries >= (why === undefined ? 2 : TRIES))

  useEffect(() => {
    if (src === null || there !== false || failed) return
    const wait = why === undefined ? 0 : Math.max(retryPause(tries - 1), restOf(why))
    const timer = setTimeout(() => setKnown({ src, tries }), wait)
    return () => clearTimeout(timer)
  }, [src, there, failed, tries, why])

  return {
    there: there === true,
    failed,
    /** What the server says against it; undefined = nothing. */
    why,
    key: there === false ? tries - 1 : tries,
    onLoad: () => {
      if (src !== null) setKnown({ src, tries, there: true })
    },
    onError: () => {
      if (src === null) return
      const missed = { src, tries: tries + 1, there: false }
      probe(src).then(
        () => setKnown(missed),
        (error: unknown) => setKnown({ ...missed, why: error }),
      )
    },
    again: () => setKnown(undefined),
  }
}

import { useEffect, useState } from 'react'
import { restOf } from './api-error'

/** False until the rest is over that the server asked for with this error. */
export function useRested(error: unknown): boolean {
  const rest = restOf(error)
  const [rested, setRested] = useState<unknown>()
  useEffect(() => {
    if (rest === 0) return
    const timer = setTimeout(() => setRested(error), rest)
    return () => clearTimeout(timer)
  }, [error, rest])
  return rest === 0 || rested === error
}

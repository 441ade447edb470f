import { ApiError } from '@/lib/api-error'

/** Why a file cannot be shown, now or later. */
export type Trouble = 'cannot-decode' | 'gone' | 'missing'

/** The trouble in an answer of the server; undefined = another try may do. */
export function troubleOf(failure: unknown): Trouble | undefined {
  if (!(failure instanceof ApiError)) return undefined
  if (failure.status === 404) return 'gone'
  if (failure.status === 410) return 'missing'
  return undefined
}

/** About the byte that a film needs at a time, which is where to ask whether it is served. */
export function byteAt(time: number, duration: number, size: number): number {
  const part = duration > 0 ? Math.min(1, time / duration) : 0
  return Math.max(0, Math.min(size - 1, Math.floor(size * part)))
}

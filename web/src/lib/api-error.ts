/** Why a call has no answer. Screens decide what to show; words for people are in error-words. */
export class ApiError extends Error {
  override name = 'ApiError'

  constructor(
    /** HTTP status; 0 = nobody answered. */
    readonly status: number,
    /** The contract's machine word; `unreachable` with status 0. */
    readonly code: string,
    /** One sentence of the server. */
    readonly detail: string,
    readonly requestId?: string,
    /** Seconds to wait before another try, where the server said so. */
    readonly retryAfter?: number,
  ) {
    super(`${code}: ${detail}`)
  }
}

/** Nobody answered. */
export function unreachable(): ApiError {
  return new ApiError(0, 'unreachable', 'nobody answered')
}

/** A failure that another try may mend: nobody there, or a server that said "later". */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.status)
}

/** Milliseconds until the server wants to be asked again; 0 = it did not say. */
export function restOf(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfter ?? 0) * 1_000 : 0
}

/** True of a call that failed because nobody is logged in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

/** True where the thing asked for is not there, or not ours. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404
}

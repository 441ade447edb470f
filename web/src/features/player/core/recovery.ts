/** The status that the stream answers with; 0 = nobody answered. */
export type Probe = number

/** Why a film cannot go on. */
export type Trouble = 'cannot-decode' | 'gone' | 'missing'

export type Recovery =
  | { do: 'retry' }
  /** The login has ended: renew it, then try again. */
  | { do: 'renew' }
  | { do: 'give-up'; trouble: Trouble }

/**
 * What to do about an `error` of a media element. Elements do not tell a dead server
 * from a format they cannot read, so the stream is asked: when it answers, it is the format.
 */
export function recoveryFrom(probe: Probe): Recovery {
  if (probe === 401 || probe === 403) return { do: 'renew' }
  if (probe === 404) return { do: 'give-up', trouble: 'gone' }
  if (probe === 410) return { do: 'give-up', trouble: 'missing' }
  if (probe >= 200 && probe < 300) return { do: 'give-up', trouble: 'cannot-decode' }
  return { do: 'retry' }
}

/** Milliseconds before the n-th try in a row, from 0. */
export function retryPause(tries: number): number {
  return Math.min(1_000 * 2 ** tries, 8_000)
}

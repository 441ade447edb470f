/** What a media element shows of itself while it plays; undefined = this browser does not tell. */
export interface Signs {
  kind: 'video' | 'audio'
  /** Seconds played since the start or the last seek. */
  played: number
  videoWidth: number
  /** Frames that reached the screen. */
  frames: number | undefined
  /** False when not one byte of sound was decoded; counts while muted too. */
  sound: boolean | undefined
}

export type Verdict = 'no-picture' | 'no-sound'

/**
 * The failures that fire no `error`: a decoder that is missing for one of two tracks.
 * Judged after a second of moving picture and two of sound.
 */
export function verdictOf(signs: Signs): Verdict | undefined {
  const { kind, played, videoWidth, frames, sound } = signs
  if (kind === 'video' && played >= 1 && (videoWidth === 0 || frames === 0)) return 'no-picture'
  if (played >= 2 && sound === false) return 'no-sound'
  return undefined
}

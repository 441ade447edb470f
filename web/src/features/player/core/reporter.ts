import type { Schemas } from '@/lib/api.gen'

const EVERY = 10_000

export interface Place {
  position: number
  /** NaN or 0 = not known yet. */
  duration: number
  ended: boolean
}

/**
 * Reports how far a film was watched: every 10 s of play and whenever `now` is called.
 * Nothing is said of a film that never played, and nothing twice. What counts as seen is
 * the server's decision.
 */
export class Reporter {
  private last = { at: -Infinity, position: -1 }

  constructor(
    private readonly send: (progress: Schemas['SaveProgress']) => void,
    private readonly clock: () => number,
  ) {}

  /** Call it while the film plays, as often as you like. */
  playing(place: Place): void {
    if (this.last.at === -Infinity) this.last.at = this.clock()
    else if (this.clock() - this.last.at >= EVERY) this.now(place)
  }

  /** Pause, seek, end and leaving. */
  now({ position, duration, ended }: Place): void {
    if (this.last.at === -Infinity || position === this.last.position) return
    this.last = { at: this.clock(), position }
    this.send({
      position,
      duration: duration > 0 && Number.isFinite(duration) ? duration : null,
      ...(ended ? { completed: true } : {}),
      at: new Date(this.clock()).toISOString(),
    })
  }
}

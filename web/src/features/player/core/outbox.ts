import { ApiError, restOf } from '@/lib/api-error'
import { retryPause } from '@/lib/pause'

/** Sends the latest of something until the server has it. What is newer takes its place. */
export class Outbox<T> {
  private unsent?: T
  private sending?: Promise<void>
  private timer?: ReturnType<typeof setTimeout>
  private tries = 0

  constructor(private readonly send: (item: T) => Promise<unknown>) {}

  /** Sends it at once, whatever else is on its way. */
  put(item: T): void {
    this.unsent = item
    this.tries = 0
    this.try(item)
  }

  /** Resolves after a try with what waits here, if anything does. */
  async flush(): Promise<void> {
    if (this.unsent !== undefined && this.sending === undefined) this.try(this.unsent)
    await this.sending
  }

  private try(item: T): void {
    clearTimeout(this.timer)
    const sending = this.send(item)
      .then(
        () => undefined,
        (error: unknown) => error,
      )
      .then((error) => {
        if (this.sending === sending) this.sending = undefined
        if (this.unsent !== item) return
        if (error === undefined || isRefused(error)) this.unsent = undefined
        else
          this.timer = setTimeout(
            () => this.try(item),
            Math.max(retryPause(this.tries++), restOf(error)),
          )
      })
    this.sending = sending
  }
}

/** True of an answer that will be the same next time. */
function isRefused(error: unknown): boolean {
  return (
    !(error instanceof ApiError) ||
    (error.status >= 400 && error.status < 500 && error.status !== 429)
  )
}

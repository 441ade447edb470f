/** An event stream in the hands of a test. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static opened: FakeEventSource[] = []

  static get latest(): FakeEventSource {
    const last = this.opened.at(-1)
    if (last === undefined) throw new Error('no event stream was opened')
    return last
  }

  readyState = 0
  onopen?: () => void
  onerror?: () => void

  constructor(readonly url: string) {
    super()
    FakeEventSource.opened.push(this)
  }

  /** The server accepts the stream. */
  accept(): void {
    this.readyState = 1
    this.onopen?.()
  }

  /** The server refuses the stream, or ends it for good. */
  refuse(): void {
    this.readyState = 2
    this.onerror?.()
  }

  say(kind: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }))
  }

  close(): void {
    this.readyState = 2
  }
}

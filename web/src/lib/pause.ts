/** Resolves after `ms`; rejects when the signal is aborted before. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new DOMException('left', 'AbortError'))
    })
  })
}

/** Milliseconds before the n-th try in a row, from 0: 1, 2, 4, 8, 8 … s. */
export function retryPause(tries: number): number {
  return Math.min(1_000 * 2 ** tries, 8_000)
}

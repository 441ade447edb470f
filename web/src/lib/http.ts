import { isSignedOut } from './api-error'
import { type Answer, ask, type Input, type Operation, send } from './request'
import { renewSession } from './session'

/** Any longer and a server counts as one that does not answer; a stream's first byte may take 10 s. */
const PROBE_WITHIN = 12_000

/**
 * Calls the API for somebody who is logged in: a 401 is met by one renewal of the
 * session and one more try. Throws ApiError and shows nothing.
 */
export function call<K extends Operation>(operation: K, input: Input<K>): Promise<Answer<K>> {
  return renewing(() => send(operation, input))
}

/**
 * Asks for one byte of what an element or the browser itself could not read, as `call`
 * does. Elements do not tell why they fail; this throws why, and returns when there is
 * no reason left.
 */
export async function probe(url: string, signal?: AbortSignal, byte = 0): Promise<void> {
  const response = await renewing(() =>
    // The browser would answer from its cache for a server that is gone.
    ask(
      url,
      { headers: { Range: `bytes=${byte}-${byte}` }, cache: 'no-store', signal },
      PROBE_WITHIN,
    ),
  )
  response.body?.cancel().catch(() => undefined)
}

async function renewing<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (!isSignedOut(error)) throw error
    await renewSession()
    return send()
  }
}

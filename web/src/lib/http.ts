import { isSignedOut } from './api-error'
import { type Answer, type Input, type Operation, send } from './request'
import { renewSession } from './session'

/**
 * Calls the API for somebody who is logged in: a 401 is met by one renewal of the
 * session and one more try. Throws ApiError and shows nothing.
 */
export async function call<K extends Operation>(operation: K, input: Input<K>): Promise<Answer<K>> {
  try {
    return await send(operation, input)
  } catch (error) {
    if (!isSignedOut(error)) throw error
    await renewSession()
    return send(operation, input)
  }
}

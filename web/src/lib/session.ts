import { isSignedOut } from './api-error'
import { send } from './request'

// The session lives in HttpOnly cookies: nothing here ever sees a token. What can be
// known is how long the access cookie lasts, told at login and at each renewal. After a
// reload nobody knows, and the first 401 renews: each renewal spends the refresh token, and
// one whose answer is lost looks like a theft.

let renewing: Promise<void> | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let ended: () => void = () => undefined

/** Says what happens when the session turns out to be over. */
export function onSessionEnd(listener: () => void): void {
  ended = listener
}

/** Renews the access cookie. Callers at the same time share one request. */
export function renewSession(): Promise<void> {
  renewing ??= send('POST /api/auth/refresh', {})
    .then((tokens) => keepSession(tokens.expires_in))
    .catch((error: unknown) => {
      if (isSignedOut(error)) {
        forgetSession()
        ended()
      }
      throw error
    })
    .finally(() => (renewing = undefined))
  return renewing
}

/** Renews by itself from now on, each time at 75 % of the cookie's life (seconds). */
export function keepSession(expiresIn: number): void {
  clearTimeout(timer)
  timer = setTimeout(renewQuietly, expiresIn * 750)
}

/** Stops renewing: nobody is logged in. */
export function forgetSession(): void {
  clearTimeout(timer)
  timer = undefined
}

function renewQuietly(): void {
  renewSession().catch((error: unknown) => {
    // Anything but the end of the session may be over in a moment.
    if (!isSignedOut(error)) timer = setTimeout(renewQuietly, 20_000)
  })
}

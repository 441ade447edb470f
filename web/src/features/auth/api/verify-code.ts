import { send } from '@/lib/request'

/** Seconds that the server may hold the question, so that a login shows at once. */
const HOLD = 25

/** Asks whether the code was confirmed. The answer to a login sets the cookies. */
export function verifyCode(deviceCode: string, signal: AbortSignal) {
  return send('POST /api/auth/code/verify', {
    body: { device_code: deviceCode, wait: HOLD },
    signal,
  })
}

import { send } from '@/lib/request'

/** A login code for this browser. */
export function generateCode(deviceName: string, signal: AbortSignal) {
  return send('POST /api/auth/code/generate', {
    body: { device_name: deviceName, client: 'web' },
    signal,
  })
}

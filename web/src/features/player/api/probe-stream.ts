import type { Probe } from '../core/recovery'

/** Asks for one byte of a stream, to learn why an element could not read it. */
export async function probeStream(url: string, signal: AbortSignal): Promise<Probe> {
  try {
    const response = await fetch(url, { headers: { Range: 'bytes=0-0' }, signal })
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

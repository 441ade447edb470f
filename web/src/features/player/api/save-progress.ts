import type { Schemas } from '@/lib/api.gen'
import { call } from '@/lib/http'
import { Outbox } from '../core/outbox'

type Place = Schemas['SaveProgress']

const outboxes = new Map<number, Outbox<Place>>()

/** Saves how far a file was watched, now or when the server is back; the page may be left meanwhile. */
export function saveProgress(id: number, place: Place): void {
  const outbox =
    outboxes.get(id) ??
    new Outbox<Place>((body) =>
      call('PUT /api/files/{id}/progress', { path: { id }, body, keepalive: true }),
    )
  outboxes.set(id, outbox)
  outbox.put(place)
}

/** Waits for what is on its way, so that a file read after this resumes at the right place. */
export async function progressSaved(id: number): Promise<void> {
  await outboxes.get(id)?.flush()
}

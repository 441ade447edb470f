import type { Schemas } from '@/lib/api.gen'
import { call } from '@/lib/http'

/** Saves how far a file was watched; gets through though the page is left meanwhile. */
export function saveProgress(id: number, progress: Schemas['SaveProgress']) {
  return call('PUT /api/files/{id}/progress', { path: { id }, body: progress, keepalive: true })
}

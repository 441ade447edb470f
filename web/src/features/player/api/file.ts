import { queryOptions } from '@tanstack/react-query'
import { call } from '@/lib/http'
import { progressSaved } from './save-progress'

/** One file, with how far it was watched. */
export const fileQuery = (id: number) =>
  queryOptions({
    queryKey: ['file', id],
    queryFn: async ({ signal }) => {
      await progressSaved(id)
      return call('GET /api/files/{id}', { path: { id }, signal })
    },
  })

import { queryOptions } from '@tanstack/react-query'
import { call } from '@/lib/http'

/** One file, with how far it was watched. */
export const fileQuery = (id: number) =>
  queryOptions({
    queryKey: ['file', id],
    queryFn: ({ signal }) => call('GET /api/files/{id}', { path: { id }, signal }),
  })

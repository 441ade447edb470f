import { queryOptions } from '@tanstack/react-query'
import { call } from '@/lib/http'

/** Who is logged in; fails with 401 when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => call('GET /api/auth/me', { signal }),
  staleTime: 5 * 60_000,
})

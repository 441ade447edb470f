import { queryOptions } from '@tanstack/react-query'
import { call } from '@/lib/http'

/** The bot that takes files. */
export const botInfoQuery = queryOptions({
  queryKey: ['bot-info'],
  queryFn: ({ signal }) => call('GET /api/auth/bot-info', { signal }),
  staleTime: Infinity,
})

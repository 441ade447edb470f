import { queryOptions, useMutation } from '@tanstack/react-query'
import type { Schemas } from '@/lib/api.gen'
import { send } from '@/lib/request'

/** Whom the bot's link logs in. Asking leaves the link good. */
export const linkQuery = (key: string) =>
  queryOptions({
    queryKey: ['web-link', key],
    queryFn: async ({ signal }) =>
      (await send('POST /api/auth/web-link', { body: { key, peek: true }, signal })).user,
    staleTime: Infinity,
  })

/** Logs in by the bot's link, which is spent by it. */
export function useLinkLogin(onLogin: (auth: Schemas['Auth']) => void) {
  return useMutation({
    mutationFn: async (key: string) =>
      (await send('POST /api/auth/web-link', { body: { key } })) as Schemas['Auth'],
    onSuccess: onLogin,
  })
}

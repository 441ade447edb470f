import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import type { Schemas } from '@/lib/api.gen'
import { keepSession } from '@/lib/session'
import { meQuery } from '../api/me'
import { safeReturn } from '../core/return-to'

/** Goes in after a login: to the screen that was asked for, with nobody else's data in memory. */
export function useEnter(next?: string) {
  const client = useQueryClient()
  const router = useRouter()
  return (auth: Schemas['Auth']) => {
    // What is still on screen must not ask again, least of all for a link that is spent.
    client.removeQueries({ type: 'inactive' })
    client.setQueryData(meQuery.queryKey, auth.user)
    keepSession(auth.expires_in)
    void router.navigate({ href: safeReturn(next), replace: true })
  }
}

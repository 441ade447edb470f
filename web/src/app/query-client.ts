import { QueryClient } from '@tanstack/react-query'
import { libraryKey } from '@/features/library/api/keys'
import { isTransient, restOf } from '@/lib/api-error'

/** A server that wants a longer rest than this is asked again when somebody presses. */
const PATIENCE = 5_000
const AN_EVENING = 6 * 3_600_000

/** Server state. Nothing waits for navigator.onLine, which knows nothing of a node on this machine. */
export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isTransient(error) && restOf(error) <= PATIENCE,
        retryDelay: (failures, error) => Math.max(500 * 2 ** failures, restOf(error)),
      },
      mutations: { networkMode: 'always' },
    },
  })
  // Back after a film shows the library as it was left, down to the row.
  client.setQueryDefaults(libraryKey, { gcTime: AN_EVENING })
  return client
}

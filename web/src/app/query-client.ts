import { QueryClient } from '@tanstack/react-query'
import { isTransient } from '@/lib/api-error'

/** Server state. Nothing waits for navigator.onLine, which knows nothing of a node on this machine. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isTransient(error),
        retryDelay: (failures) => 500 * 2 ** failures,
      },
      mutations: { networkMode: 'always' },
    },
  })
}

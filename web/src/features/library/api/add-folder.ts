import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '@/lib/http'
import { refreshLibrary } from './keys'

/** Makes a folder in another one; 0 = the root. */
export function useAddFolder(parent: number, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (name: string) => {
      await call('POST /api/folders', { body: { name, parent_id: parent } })
      await refreshLibrary(client)
    },
    onSuccess: onDone,
  })
}

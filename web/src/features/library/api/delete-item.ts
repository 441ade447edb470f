import { useMutation, useQueryClient } from '@tanstack/react-query'
import { isNotFound } from '@/lib/api-error'
import { call } from '@/lib/http'
import { idOf, type Item } from '../core/item'
import { refreshLibrary } from './keys'

/** Puts a file, or a folder with all in it, into the trash. What is gone already counts as done. */
export function useDeleteItem(item: Item, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      const path = { id: idOf(item) }
      try {
        if (item.type === 'file') await call('DELETE /api/files/{id}', { path })
        else await call('DELETE /api/folders/{id}', { path })
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
      await refreshLibrary(client)
    },
    onSuccess: onDone,
  })
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '@/lib/http'
import { idOf, type Item } from '../core/item'
import { refreshLibrary } from './keys'

/** Puts a file or folder into another folder; 0 = the root. */
export function useMoveItem(item: Item, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (folder: number) => {
      const path = { id: idOf(item) }
      if (item.type === 'file')
        await call('PATCH /api/files/{id}', { path, body: { folder_id: folder } })
      else await call('PATCH /api/folders/{id}', { path, body: { parent_id: folder } })
      await refreshLibrary(client)
    },
    onSuccess: onDone,
  })
}

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '@/lib/http'
import { idOf, type Item } from '../core/item'
import { refreshLibrary } from './keys'

/** Gives a file or folder another name. */
export function useRenameItem(item: Item, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (name: string) => {
      const path = { id: idOf(item) }
      if (item.type === 'file')
        await call('PATCH /api/files/{id}', { path, body: { file_name: name } })
      else await call('PATCH /api/folders/{id}', { path, body: { name } })
      await refreshLibrary(client)
    },
    onSuccess: onDone,
  })
}

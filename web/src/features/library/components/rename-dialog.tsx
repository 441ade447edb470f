import { useRenameItem } from '../api/rename-item'
import { type Item, nameOf } from '../core/item'
import { NameDialog } from './name-dialog'

export function RenameDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const rename = useRenameItem(item, onClose)
  return (
    <NameDialog
      title={item.type === 'file' ? 'Rename file' : 'Rename folder'}
      submit="Rename"
      name={nameOf(item)}
      busy={rename.isPending}
      error={rename.error}
      onSubmit={rename.mutate}
      onClose={onClose}
    />
  )
}

import { Download, Ellipsis, FolderInput, PencilLine, Trash2 } from 'lucide-react'
import { Menu, type MenuItem } from '@/components/ui/menu'
import type { OnAction } from '../core/action'
import { type Item, nameOf } from '../core/item'
import styles from './card.module.css'

/** What can be done with a card. */
export function ItemMenu({ item, onAction }: { item: Item; onAction: OnAction }) {
  const items: MenuItem[] = [
    {
      label: 'Rename',
      icon: <PencilLine size={18} />,
      onSelect: () => onAction({ do: 'rename', item }),
    },
    {
      label: 'Move to …',
      icon: <FolderInput size={18} />,
      onSelect: () => onAction({ do: 'move', item }),
    },
    {
      label: 'Delete',
      icon: <Trash2 size={18} />,
      danger: true,
      onSelect: () => onAction({ do: 'delete', item }),
    },
  ]
  if (item.type === 'file')
    items.splice(2, 0, {
      label: 'Download',
      icon: <Download size={18} />,
      onSelect: () => window.location.assign(item.file.download_url),
    })
  return (
    <Menu label={`Actions for ${nameOf(item)}`} items={items} className={styles.menu}>
      <Ellipsis size={20} aria-hidden="true" />
    </Menu>
  )
}

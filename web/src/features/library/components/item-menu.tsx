import { Download, Ellipsis, FolderInput, PencilLine, Trash2 } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { Menu, type MenuItem } from '@/components/ui/menu'
import { useDownload } from '@/lib/use-download'
import type { OnAction } from '../core/action'
import { type Item, nameOf } from '../core/item'
import styles from './card.module.css'

/** What can be done with a card. */
export function ItemMenu({ item, onAction }: { item: Item; onAction: OnAction }) {
  const download = useDownload()
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
      onSelect: () => download.mutate(item.file.download_url),
    })
  return (
    <>
      <Menu label={`Actions for ${nameOf(item)}`} items={items} className={styles.menu}>
        <Ellipsis size={20} aria-hidden="true" />
      </Menu>
      {download.isError && <Alert error={download.error} onClose={download.reset} />}
    </>
  )
}

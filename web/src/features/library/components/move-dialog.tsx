import { useQuery } from '@tanstack/react-query'
import { Folder, House } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { ROOT } from '@/config/paths'
import { errorWords } from '@/lib/error-words'
import { foldersQuery } from '../api/folders'
import { useMoveItem } from '../api/move-item'
import { idOf, type Item, nameOf, placeOf } from '../core/item'
import { flatTree } from '../core/tree'
import styles from './dialogs.module.css'

/** Chooses a folder out of the tree; a folder's own branch is not in it. */
export function MoveDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const folders = useQuery(foldersQuery)
  const move = useMoveItem(item, onClose)
  const [target, setTarget] = useState<number>()
  const tree = flatTree(folders.data ?? [], item.type === 'folder' ? idOf(item) : undefined)
  const place = (id: number, name: string, depth: number, icon: ReactNode) => (
    <label key={id} className={styles.place} style={{ paddingInlineStart: 12 + depth * 22 }}>
      <input
        type="radio"
        name="folder"
        className="visually-hidden"
        checked={target === id}
        disabled={id === placeOf(item)}
        onChange={() => setTarget(id)}
      />
      {icon}
      <span dir="auto">{name}</span>
      {id === placeOf(item) && <span className={styles.here}>is here</span>}
    </label>
  )
  return (
    <Dialog
      title={`Move “${nameOf(item)}”`}
      onClose={onClose}
      onSubmit={() => {
        if (target !== undefined) move.mutate(target)
      }}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={target === undefined || move.isPending}>
            Move
          </Button>
        </>
      }
    >
      <fieldset className={styles.places}>
        <legend className="visually-hidden">Folder</legend>
        {place(ROOT, 'Library', 0, <House size={18} aria-hidden="true" />)}
        {tree.map(({ folder, depth }) =>
          place(folder.id, folder.name, depth + 1, <Folder size={18} aria-hidden="true" />),
        )}
      </fieldset>
      {move.isError && (
        <p role="alert" className={styles.error}>
          {errorWords(move.error).title}. {errorWords(move.error).next}
        </p>
      )}
    </Dialog>
  )
}

import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { errorWords } from '@/lib/error-words'
import { plural } from '@/lib/format'
import { useDeleteItem } from '../api/delete-item'
import { type Item, nameOf } from '../core/item'
import styles from './dialogs.module.css'

export function DeleteDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const remove = useDeleteItem(item, onClose)
  const count = item.type === 'folder' ? item.folder.total_count : 0
  return (
    <Dialog
      title={`Delete “${nameOf(item)}”?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Move to trash
          </Button>
        </>
      }
    >
      <p className={styles.text}>
        {count > 0
          ? `The folder goes to the trash, and the ${plural(count, 'file')} in it.`
          : 'It goes to the trash.'}
      </p>
      {remove.isError && (
        <p role="alert" className={styles.error}>
          {errorWords(remove.error).title}. {errorWords(remove.error).next}
        </p>
      )}
    </Dialog>
  )
}

import type { Action } from '../core/action'
import { AddFolderDialog } from './add-folder-dialog'
import { DeleteDialog } from './delete-dialog'
import { MoveDialog } from './move-dialog'
import { RenameDialog } from './rename-dialog'

/** The dialog of what is being done. */
export function ActionDialog({ action, onClose }: { action: Action; onClose: () => void }) {
  switch (action.do) {
    case 'rename':
      return <RenameDialog item={action.item} onClose={onClose} />
    case 'move':
      return <MoveDialog item={action.item} onClose={onClose} />
    case 'delete':
      return <DeleteDialog item={action.item} onClose={onClose} />
    case 'add-folder':
      return <AddFolderDialog parent={action.parent} onClose={onClose} />
  }
}

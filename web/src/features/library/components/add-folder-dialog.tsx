import { useAddFolder } from '../api/add-folder'
import { NameDialog } from './name-dialog'

export function AddFolderDialog({ parent, onClose }: { parent: number; onClose: () => void }) {
  const add = useAddFolder(parent, onClose)
  return (
    <NameDialog
      title="New folder"
      submit="Create"
      name=""
      busy={add.isPending}
      error={add.error}
      onSubmit={add.mutate}
      onClose={onClose}
    />
  )
}

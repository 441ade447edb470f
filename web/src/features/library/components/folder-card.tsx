import { Link } from '@tanstack/react-router'
import { FolderOpen } from 'lucide-react'
import { KindIcon } from '@/components/ui/kind-icon'
import { Poster } from '@/components/ui/poster'
import { paths } from '@/config/paths'
import { plural } from '@/lib/format'
import type { Folder } from '@/lib/media-file'
import type { OnAction } from '../core/action'
import styles from './card.module.css'
import { ItemMenu } from './item-menu'

/** A folder: its newest pictures, and how much is in it. */
export function FolderCard({ folder, onAction }: { folder: Folder; onAction: OnAction }) {
  return (
    <li className={styles.card}>
      <div className={styles.stack}>
        <div className={styles.frame}>
          {folder.preview_files.length > 0 ? (
            <div className={styles.mosaic}>
              {folder.preview_files.slice(0, 4).map((file) => (
                <Poster
                  key={file.id}
                  src={file.thumbnail_url}
                  placeholder={file.placeholder}
                  seed={file.id}
                  icon={<KindIcon kind={file.file_type} size={24} />}
                  sizes="160px"
                />
              ))}
            </div>
          ) : (
            <Poster
              src={null}
              placeholder={null}
              seed={folder.id}
              icon={<FolderOpen size={36} strokeWidth={1.5} />}
              sizes="300px"
            />
          )}
        </div>
      </div>
      <div className={styles.text}>
        <Link
          to={paths.folder}
          params={{ folderId: folder.id }}
          className={styles.link}
          dir="auto"
          data-card
        >
          {folder.name}
        </Link>
        <p className={styles.meta}>
          {folder.total_count === 0 ? 'Empty' : plural(folder.total_count, 'file')}
        </p>
        <ItemMenu item={{ type: 'folder', folder }} onAction={onAction} />
      </div>
    </li>
  )
}

import { Link } from '@tanstack/react-router'
import { Play } from 'lucide-react'
import { KindIcon } from '@/components/ui/kind-icon'
import { Poster } from '@/components/ui/poster'
import { paths } from '@/config/paths'
import { formatDay, formatSize, formatTime, spokenTime } from '@/lib/format'
import { type MediaFile, titleOf, watchedPart } from '@/lib/media-file'
import type { OnAction } from '../core/action'
import styles from './card.module.css'
import { ItemMenu } from './item-menu'

/** A file: its picture, how long it is and how far it was watched. */
export function FileCard({ file, onAction }: { file: MediaFile; onAction: OnAction }) {
  const watched = watchedPart(file)
  return (
    <li className={styles.card}>
      <div className={styles.frame}>
        <Poster
          src={file.thumbnail_url}
          placeholder={file.placeholder}
          seed={file.id}
          icon={<KindIcon kind={file.file_type} size={34} />}
          sizes="(max-width: 640px) 45vw, 300px"
        />
        {(file.file_type === 'video' || file.file_type === 'audio') && (
          <div className={styles.play} aria-hidden="true">
            <span>
              <Play size={22} fill="currentColor" />
            </span>
          </div>
        )}
        {file.duration !== null && (
          <span className={styles.badge}>
            <span aria-hidden="true">{formatTime(file.duration)}</span>
            <span className="visually-hidden">{spokenTime(file.duration)}</span>
          </span>
        )}
        {watched !== undefined && <Watched part={watched} />}
      </div>
      <div className={styles.text}>
        <Link
          to={paths.watch}
          params={{ fileId: file.id }}
          className={styles.link}
          title={file.file_name}
          dir="auto"
          data-card
        >
          {titleOf(file)}
        </Link>
        <p className={styles.meta}>
          {formatSize(file.file_size)} · {formatDay(file.created_at, new Date())}
        </p>
        <ItemMenu item={{ type: 'file', file }} onAction={onAction} />
      </div>
    </li>
  )
}

function Watched({ part }: { part: number }) {
  const percent = Math.round(part * 100)
  return (
    <div
      role="progressbar"
      aria-label="Watched"
      aria-valuenow={percent}
      className={styles.progress}
    >
      <span style={{ width: `${percent}%` }} />
    </div>
  )
}

import { Link } from '@tanstack/react-router'
import { ChevronRight, FolderPlus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { paths } from '@/config/paths'
import type { Folder } from '@/lib/media-file'
import type { Sort } from '../core/sort'
import styles from './library-header.module.css'

interface LibraryHeaderProps {
  /** From the root down to the folder that is open; empty = the root is. */
  path: Folder[]
  sort: Sort
  onAddFolder: () => void
}

/** Where we are, the way back up, and how it is sorted. */
export function LibraryHeader({ path, sort, onAddFolder }: LibraryHeaderProps) {
  const here = path.at(-1)
  return (
    <header className={styles.header}>
      <div className={styles.place}>
        {here && (
          <nav aria-label="Breadcrumb">
            <ol className={styles.crumbs}>
              <li>
                <Link to={paths.library}>Library</Link>
              </li>
              {path.slice(0, -1).map((folder) => (
                <li key={folder.id}>
                  <ChevronRight size={15} aria-hidden="true" />
                  <Link to={paths.folder} params={{ folderId: folder.id }} dir="auto">
                    {folder.name}
                  </Link>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <h1 className={styles.title} dir="auto">
          {here ? here.name : 'Library'}
        </h1>
      </div>
      <div className={styles.tools}>
        <div role="group" aria-label="Sort" className={styles.sort}>
          <SortLink to="new" now={sort} label="Newest" />
          <SortLink to="name" now={sort} label="Name" />
        </div>
        <Button onClick={onAddFolder}>
          <FolderPlus size={18} aria-hidden="true" />
          New folder
        </Button>
      </div>
    </header>
  )
}

function SortLink({ to, now, label }: { to: Sort; now: Sort; label: string }) {
  return (
    <Link
      from="/"
      to="."
      search={{ sort: to }}
      replace
      className={styles.option}
      aria-current={to === now ? 'true' : undefined}
    >
      {label}
    </Link>
  )
}

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FolderX } from 'lucide-react'
import { useState } from 'react'
import { buttonClass } from '@/components/ui/button'
import { LoadMore } from '@/components/ui/load-more'
import { ErrorNotice, Notice } from '@/components/ui/notice'
import { paths, ROOT } from '@/config/paths'
import { useDelayed } from '@/lib/use-delayed'
import { filesQuery } from '../api/files'
import { foldersQuery } from '../api/folders'
import type { Action } from '../core/action'
import { type Sort, sortOf } from '../core/sort'
import { childrenOf, pathTo } from '../core/tree'
import { ActionDialog } from './action-dialog'
import { CardGrid } from './card-grid'
import { EmptyFolder } from './empty-folder'
import { FileCard } from './file-card'
import { FolderCard } from './folder-card'
import { LibraryHeader } from './library-header'
import styles from './library-page.module.css'
import { LibrarySkeleton } from './library-skeleton'

interface LibraryPageProps {
  /** The folder that is open; 0 = the root. */
  folder: number
  sort?: Sort
}

/** What lies in a folder. */
export function LibraryPage({ folder, sort: asked }: LibraryPageProps) {
  const sort = sortOf(asked, folder)
  const folders = useQuery(foldersQuery)
  const files = useInfiniteQuery(filesQuery(folder, sort))
  const [action, setAction] = useState<Action>()
  const loading = folders.isPending || files.isPending
  const slow = useDelayed(loading, 150)

  const path = folders.data && pathTo(folders.data, folder)
  // A folder made a moment ago may not be in the list yet.
  if (folders.data && path === undefined && !folders.isFetching) return <GoneFolder />

  const subfolders = folders.data ? childrenOf(folders.data, folder) : []
  const all = files.data?.pages.flatMap((page) => page.files) ?? []
  const error = (folders.data ? null : folders.error) ?? (files.data ? null : files.error)
  return (
    <main className={styles.page}>
      <title>{`${path?.at(-1)?.name ?? 'Library'} · TelePlay`}</title>
      <LibraryHeader
        path={path ?? []}
        sort={sort}
        onAddFolder={() => setAction({ do: 'add-folder', parent: folder })}
      />
      {error ? (
        <ErrorNotice
          error={error}
          onRetry={() => {
            void folders.refetch()
            void files.refetch()
          }}
        />
      ) : loading || path === undefined ? (
        slow && <LibrarySkeleton />
      ) : (
        <>
          {subfolders.length > 0 && (
            <CardGrid label="Folders">
              {subfolders.map((sub) => (
                <FolderCard key={sub.id} folder={sub} onAction={setAction} />
              ))}
            </CardGrid>
          )}
          {all.length > 0 && (
            <CardGrid label="Files">
              {all.map((file) => (
                <FileCard key={file.id} file={file} onAction={setAction} />
              ))}
            </CardGrid>
          )}
          {files.isFetchNextPageError ? (
            // Asked for by hand from here on: nearness alone would ask without end.
            <ErrorNotice error={files.error} onRetry={() => void files.fetchNextPage()} />
          ) : (
            files.hasNextPage && (
              <LoadMore busy={files.isFetchingNextPage} onMore={() => void files.fetchNextPage()} />
            )
          )}
          {all.length === 0 && subfolders.length === 0 && <EmptyFolder root={folder === ROOT} />}
        </>
      )}
      {action && <ActionDialog action={action} onClose={() => setAction(undefined)} />}
    </main>
  )
}

function GoneFolder() {
  return (
    <main className={styles.page}>
      <Notice
        heading="h1"
        icon={<FolderX size={30} />}
        title="This folder is not here any more"
        actions={
          <Link to={paths.library} className={buttonClass({ look: 'primary' })}>
            Go to the library
          </Link>
        }
      >
        It may have been moved to the trash.
      </Notice>
    </main>
  )
}

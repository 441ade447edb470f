import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FileX, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from '@/components/ui/button'
import { ErrorNotice, Notice } from '@/components/ui/notice'
import { paths, ROOT } from '@/config/paths'
import { isNotFound } from '@/lib/api-error'
import { useDelayed } from '@/lib/use-delayed'
import { fileQuery } from '../api/file'
import { DocumentStage } from './document-stage'
import { ImageStage } from './image-stage'
import { MediaStage } from './media-stage'
import { BackLink } from './stage'
import styles from './watch-page.module.css'

/** One file, shown as its kind is shown. */
export function WatchPage({ id }: { id: number }) {
  const file = useQuery(fileQuery(id))
  // An older answer would resume at an older place.
  const fresh = file.isFetchedAfterMount ? file.data : undefined
  const slow = useDelayed(fresh === undefined && !file.isError, 150)

  if (fresh === undefined)
    return (
      <Waiting>
        {file.isError ? (
          isNotFound(file.error) ? (
            <Notice
              role="alert"
              heading="h1"
              icon={<FileX size={30} />}
              title="This file is not here any more"
              actions={
                <Link to={paths.library} className={buttonClass({ look: 'primary' })}>
                  Go to the library
                </Link>
              }
            >
              It may have been moved to the trash.
            </Notice>
          ) : (
            <ErrorNotice heading="h1" error={file.error} onRetry={() => void file.refetch()} />
          )
        ) : (
          slow && <LoaderCircle size={48} className={styles.spinner} aria-label="Loading" />
        )}
      </Waiting>
    )
  switch (fresh.file_type) {
    case 'image':
      return <ImageStage key={id} file={fresh} />
    case 'document':
      return <DocumentStage key={id} file={fresh} />
    default:
      return <MediaStage key={id} file={fresh} />
  }
}

function Waiting({ children }: { children: ReactNode }) {
  return (
    <main className={styles.waiting} data-cinema>
      <div className={styles.back}>
        <BackLink folder={ROOT} />
      </div>
      {children}
    </main>
  )
}

import { Skeleton } from '@/components/ui/skeleton'
import { CardGrid } from './card-grid'
import styles from './library-skeleton.module.css'

/** The grid's shape until its content is there. */
export function LibrarySkeleton() {
  return (
    <div role="status" aria-label="Loading the library">
      <CardGrid label="Loading">
        {Array.from({ length: 8 }, (_, n) => (
          <li key={n} className={styles.card}>
            <Skeleton className={styles.frame} />
            <Skeleton className={styles.line} />
          </li>
        ))}
      </CardGrid>
    </div>
  )
}

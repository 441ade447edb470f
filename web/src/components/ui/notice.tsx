import type { ReactNode } from 'react'
import { CircleAlert } from 'lucide-react'
import { errorWords } from '@/lib/error-words'
import { useRested } from '@/lib/use-rested'
import { Button } from './button'
import styles from './notice.module.css'

interface NoticeProps {
  icon: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
  /** h1 where the notice is the whole page. */
  heading?: 'h1' | 'h2'
  /** How it is told to a screen reader; none where it is simply the page's content. */
  role?: 'alert' | 'status'
}

/** What stands where content would: empty, failed, gone. */
export function Notice({
  icon,
  title,
  children,
  actions,
  role,
  heading: Heading = 'h2',
}: NoticeProps) {
  return (
    <div className={styles.notice} role={role}>
      <div className={styles.icon} aria-hidden="true">
        {icon}
      </div>
      <Heading className={styles.title}>{title}</Heading>
      <div className={styles.text}>{children}</div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}

interface ErrorNoticeProps {
  error: unknown
  heading?: 'h1' | 'h2'
  onRetry?: () => void
}

/** A failure in plain words, with another try once the server wants one. */
export function ErrorNotice({ error, heading, onRetry }: ErrorNoticeProps) {
  const rested = useRested(error)
  const { title, next, requestId } = errorWords(error)
  return (
    <Notice
      role="alert"
      heading={heading}
      icon={<CircleAlert size={30} />}
      title={title}
      actions={
        onRetry && (
          <Button look="primary" disabled={!rested} onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      <p>{next}</p>
      {requestId && (
        <details className={styles.details}>
          <summary>Details</summary>
          Request <code>{requestId}</code>
        </details>
      )}
    </Notice>
  )
}

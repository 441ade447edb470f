import type { ReactNode } from 'react'
import { CircleAlert } from 'lucide-react'
import { errorWords } from '@/lib/error-words'
import { Button } from './button'
import styles from './notice.module.css'

interface NoticeProps {
  icon: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
  /** How it is told to a screen reader; none where it is simply the page's content. */
  role?: 'alert' | 'status'
}

/** What stands where content would: empty, failed, gone. */
export function Notice({ icon, title, children, actions, role }: NoticeProps) {
  return (
    <div className={styles.notice} role={role}>
      <div className={styles.icon} aria-hidden="true">
        {icon}
      </div>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.text}>{children}</div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}

/** A failure in plain words, with another try. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, next, requestId } = errorWords(error)
  return (
    <Notice
      role="alert"
      icon={<CircleAlert size={30} />}
      title={title}
      actions={
        onRetry && (
          <Button look="primary" onClick={onRetry}>
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

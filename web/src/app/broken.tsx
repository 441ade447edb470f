import { Link, type ErrorComponentProps } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonClass } from '@/components/ui/button'
import { ErrorNotice, Notice } from '@/components/ui/notice'
import { paths } from '@/config/paths'

/** A screen that broke; the others still work. */
export function BrokenScreen({ error, reset }: ErrorComponentProps) {
  return <ErrorNotice error={error} onRetry={reset} />
}

/** An address that leads nowhere. */
export function NoScreen() {
  return (
    <Notice
      icon={<Compass size={30} />}
      title="There is nothing at this address"
      actions={
        <Link to={paths.library} className={buttonClass({ look: 'primary' })}>
          Go to the library
        </Link>
      }
    />
  )
}

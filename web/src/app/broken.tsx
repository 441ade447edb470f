import { useMutation } from '@tanstack/react-query'
import { Link, type ErrorComponentProps } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonClass } from '@/components/ui/button'
import { ErrorNotice, Notice } from '@/components/ui/notice'
import { paths } from '@/config/paths'
import { isTransient } from '@/lib/api-error'
import { send } from '@/lib/request'

/** A screen that broke; the others still work. */
export function BrokenScreen({ error, reset }: ErrorComponentProps) {
  // A browser does not load a part of the app twice. The page is left only for a server that is there.
  const reload = useMutation({
    mutationFn: () => send('GET /health', {}),
    onSuccess: () => window.location.reload(),
  })
  return (
    <main>
      <ErrorNotice
        heading="h1"
        error={error}
        onRetry={isTransient(error) ? () => reload.mutate() : reset}
      />
    </main>
  )
}

/** An address that leads nowhere. */
export function NoScreen() {
  return (
    <main>
      <Notice
        heading="h1"
        icon={<Compass size={30} />}
        title="There is nothing at this address"
        actions={
          <Link to={paths.library} className={buttonClass({ look: 'primary' })}>
            Go to the library
          </Link>
        }
      />
    </main>
  )
}

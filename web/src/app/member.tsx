import { useQuery } from '@tanstack/react-query'
import { Outlet, useMatchRoute } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ErrorNotice } from '@/components/ui/notice'
import { paths } from '@/config/paths'
import { meQuery } from '@/features/auth/api/me'
import { LibrarySkeleton } from '@/features/library/components/library-skeleton'
import { ApiError, isSignedOut } from '@/lib/api-error'
import { useDelayed } from '@/lib/use-delayed'
import { useLive } from './live'
import styles from './member.module.css'
import { loadWatchScreen } from './screens/load-watch-screen'
import { ShellFrame } from './shell'

/** By then the library has what it asked for. */
const AT_LEISURE = 1_000

/** The screens of somebody who is logged in. A session that has ended leads to the login by itself. */
export function Member() {
  const me = useQuery(meQuery)
  const slow = useDelayed(me.isPending, 150)
  if (me.data) return <Live />
  if (me.isError)
    return isSignedOut(me.error) ? null : (
      <main>
        <ErrorNotice heading="h1" error={me.error} onRetry={() => void me.refetch()} />
      </main>
    )
  return slow && <Waiting />
}

/** What will be there once it is known who asks. */
function Waiting() {
  const watching = useMatchRoute()({ to: paths.watch })
  if (watching) return <main data-cinema />
  return (
    <ShellFrame>
      <main className={styles.waiting}>
        <LibrarySkeleton />
      </main>
    </ShellFrame>
  )
}

function Live() {
  const { connected, refused } = useLive()
  // A player has its own words, and plays on from what it has.
  const watching = useMatchRoute()({ to: paths.watch })
  const lost = useDelayed(!connected && !watching, 3_000)
  useEffect(() => {
    // A film must open though the server went away after the library came.
    const timer = setTimeout(() => void loadWatchScreen().catch(() => undefined), AT_LEISURE)
    return () => clearTimeout(timer)
  }, [])
  return (
    <>
      <Outlet />
      {lost && (
        <p role="status" className={styles.lost}>
          {refused instanceof ApiError && refused.status === 429
            ? 'TelePlay is open in many tabs. This one shows what is new once another is closed.'
            : 'TelePlay does not answer. What was loaded stays; trying again …'}
        </p>
      )}
    </>
  )
}

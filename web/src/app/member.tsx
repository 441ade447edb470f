import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ErrorNotice } from '@/components/ui/notice'
import { meQuery } from '@/features/auth/api/me'
import { isSignedOut } from '@/lib/api-error'
import { watchSession } from '@/lib/session'
import { useDelayed } from '@/lib/use-delayed'
import { useLive } from './live'
import styles from './member.module.css'

/** The screens of somebody who is logged in. A session that has ended leads to the login by itself. */
export function Member() {
  const me = useQuery(meQuery)
  useEffect(watchSession, [])
  if (me.data) return <Live />
  if (me.isError && !isSignedOut(me.error))
    return <ErrorNotice error={me.error} onRetry={() => void me.refetch()} />
  return null
}

function Live() {
  const connected = useLive()
  const lost = useDelayed(!connected, 3_000)
  return (
    <>
      <Outlet />
      {lost && (
        <p role="status" className={styles.lost}>
          TelePlay does not answer. What was loaded stays; trying again …
        </p>
      )}
    </>
  )
}

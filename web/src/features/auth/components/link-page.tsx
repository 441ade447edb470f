import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { Link2Off } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, buttonClass } from '@/components/ui/button'
import { ErrorNotice, Notice } from '@/components/ui/notice'
import { paths } from '@/config/paths'
import { ApiError } from '@/lib/api-error'
import { errorWords } from '@/lib/error-words'
import type { Schemas } from '@/lib/api.gen'
import { linkQuery, useLinkLogin } from '../api/web-link'
import { linkKey } from '../core/link-key'
import { nameOf } from '../core/name-of'
import { Avatar } from './avatar'
import { Entrance } from './entrance'
import styles from './link-page.module.css'
import { useEnter } from './use-enter'

/** Login by the bot's one-time link. The key leaves the address at once, and is spent by a press only. */
export function LinkPage() {
  const inAddress = linkKey(useLocation({ select: (at) => at.hash }))
  const [key, setKey] = useState(inAddress)
  if (inAddress !== undefined && inAddress !== key) setKey(inAddress)

  useEffect(() => {
    if (inAddress !== undefined) window.history.replaceState(window.history.state, '', paths.link)
  }, [inAddress])

  return <Entrance>{key === undefined ? <DeadLink /> : <LinkLogin linkKey={key} />}</Entrance>
}

function LinkLogin({ linkKey }: { linkKey: string }) {
  const link = useQuery(linkQuery(linkKey))
  const login = useLinkLogin(useEnter())
  if (isDead(link.error) || isDead(login.error)) return <DeadLink />
  if (link.isError) return <ErrorNotice error={link.error} onRetry={() => void link.refetch()} />
  return (
    <div className={styles.welcome} aria-busy={link.isPending}>
      {link.data && <Welcome user={link.data} />}
      <Button
        look="primary"
        large
        disabled={link.isPending || login.isPending || login.isSuccess}
        onClick={() => login.mutate(linkKey)}
      >
        {link.data ? `Log in as ${nameOf(link.data)}` : 'Looking at the link …'}
      </Button>
      {login.isError && (
        <p role="alert" className={styles.error}>
          {errorWords(login.error).title}. {errorWords(login.error).next}
        </p>
      )}
    </div>
  )
}

function Welcome({ user }: { user: Schemas['User'] }) {
  return (
    <>
      <Avatar user={user} large />
      <h1 className={styles.title}>Welcome to TelePlay</h1>
      <p className={styles.text}>
        {user.username ? `@${user.username} · ` : ''}this browser stays logged in until you log out.
      </p>
    </>
  )
}

function DeadLink() {
  return (
    <Notice
      heading="h1"
      icon={<Link2Off size={30} />}
      title="This link does not work any more"
      actions={
        <Link to={paths.login} className={buttonClass({ look: 'primary' })}>
          Log in with a code
        </Link>
      }
    >
      A link works once and for a minute. Send <b>/web</b> to the bot for a new one.
    </Notice>
  )
}

function isDead(error: unknown): boolean {
  return (
    error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429
  )
}

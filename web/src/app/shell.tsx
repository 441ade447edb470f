import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Logo } from '@/components/ui/logo'
import { paths } from '@/config/paths'
import { meQuery } from '@/features/auth/api/me'
import { AccountMenu } from '@/features/auth/components/account-menu'
import styles from './shell.module.css'

/** The library with the bar above it. */
export function Shell() {
  return (
    <ShellFrame>
      <Outlet />
    </ShellFrame>
  )
}

export function ShellFrame({ children }: { children: ReactNode }) {
  const me = useQuery(meQuery)
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <Link to={paths.library} aria-label="TelePlay, to the library" className={styles.home}>
          <Logo />
        </Link>
        {me.data && <AccountMenu user={me.data} />}
      </header>
      {children}
    </div>
  )
}

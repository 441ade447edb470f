import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { Logo } from '@/components/ui/logo'
import { paths } from '@/config/paths'
import { meQuery } from '@/features/auth/api/me'
import { AccountMenu } from '@/features/auth/components/account-menu'
import styles from './shell.module.css'

/** The bar above the library. */
export function Shell() {
  const me = useQuery(meQuery)
  return (
    <div className={styles.shell}>
      <div className={styles.bar}>
        <Link to={paths.library} aria-label="TelePlay, to the library" className={styles.home}>
          <Logo />
        </Link>
        {me.data && <AccountMenu user={me.data} />}
      </div>
      <Outlet />
    </div>
  )
}

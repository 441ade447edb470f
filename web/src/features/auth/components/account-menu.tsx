import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import { Alert } from '@/components/ui/alert'
import { Menu } from '@/components/ui/menu'
import { paths } from '@/config/paths'
import type { Schemas } from '@/lib/api.gen'
import { forgetSession } from '@/lib/session'
import { useLogout } from '../api/logout'
import { nameOf } from '../core/name-of'
import { Avatar } from './avatar'
import styles from './account-menu.module.css'

/** Who is logged in, and the way out. */
export function AccountMenu({ user }: { user: Schemas['User'] }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const logout = useLogout(() => {
    forgetSession()
    void navigate({ to: paths.login }).then(() => client.clear())
  })
  return (
    <>
      <Menu
        label={`Account, ${nameOf(user)}`}
        header={
          <>
            <p className={styles.name} dir="auto">
              {nameOf(user)}
            </p>
            {user.username && <p>@{user.username}</p>}
          </>
        }
        items={[{ label: 'Log out', icon: <LogOut size={18} />, onSelect: () => logout.mutate() }]}
      >
        <Avatar user={user} />
      </Menu>
      {logout.isError && <Alert error={logout.error} onClose={logout.reset} />}
    </>
  )
}

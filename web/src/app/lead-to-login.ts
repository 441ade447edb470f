import type { QueryClient } from '@tanstack/react-query'
import type { AnyRouter } from '@tanstack/react-router'
import { paths } from '@/config/paths'
import { onSessionEnd } from '@/lib/session'

/** When the session turns out to be over: to the login, and back here afterwards. */
export function leadToLogin(router: AnyRouter, client: QueryClient): void {
  onSessionEnd(() => {
    const { pathname, href } = router.state.location
    if (pathname === paths.login || pathname === paths.link) return
    void router
      .navigate({
        to: paths.login,
        search: { next: href === '/' ? undefined : href },
        // The login comes back to this screen, and Back leads to the one before it.
        replace: true,
      })
      .then(() => client.clear())
  })
}

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  type RouterHistory,
} from '@tanstack/react-router'
import { paths, ROOT } from '@/config/paths'
import { parseSort, type Sort } from '@/features/library/core/sort'
import { LibraryPage } from '@/features/library/components/library-page'
import { unreachable } from '@/lib/api-error'
import { BrokenScreen, NoScreen } from './broken'
import { Member } from './member'
import { loadWatchScreen } from './screens/load-watch-screen'
import { Shell } from './shell'

const root = createRootRoute({ notFoundComponent: NoScreen })

const login = createRoute({
  getParentRoute: () => root,
  path: paths.login,
  validateSearch: (search): { next?: string } => ({
    next: typeof search.next === 'string' ? search.next : undefined,
  }),
  component: lazyRouteComponent(() => import('./screens/login-screen').catch(away), 'LoginScreen'),
})

const link = createRoute({
  getParentRoute: () => root,
  path: paths.link,
  component: lazyRouteComponent(
    () => import('@/features/auth/components/link-page').catch(away),
    'LinkPage',
  ),
})

const member = createRoute({ getParentRoute: () => root, id: 'member', component: Member })
const shell = createRoute({ getParentRoute: () => member, id: 'shell', component: Shell })
const sorted = (search: Record<string, unknown>): { sort?: Sort } => ({
  sort: parseSort(search.sort),
})

const library = createRoute({
  getParentRoute: () => shell,
  path: paths.library,
  validateSearch: sorted,
  component: function Library() {
    const { sort } = library.useSearch()
    return <LibraryPage folder={ROOT} sort={sort} />
  },
})

const folder = createRoute({
  getParentRoute: () => shell,
  path: paths.folder,
  validateSearch: sorted,
  params: { parse: ({ folderId }) => ({ folderId: parseId(folderId) }) },
  component: function Folder() {
    const { sort } = folder.useSearch()
    return <LibraryPage folder={folder.useParams().folderId} sort={sort} />
  },
})

const watch = createRoute({
  getParentRoute: () => member,
  path: paths.watch,
  params: { parse: ({ fileId }) => ({ fileId: parseId(fileId) }) },
  component: lazyRouteComponent(() => loadWatchScreen().catch(away), 'WatchScreen'),
})

const tree = root.addChildren([
  login,
  link,
  member.addChildren([shell.addChildren([library, folder]), watch]),
])

/** The screens, by address. The address holds the folder, its order and the open file. */
export function makeRouter(history?: RouterHistory) {
  const router = createRouter({
    routeTree: tree,
    history,
    scrollRestoration: true,
    defaultPreload: false,
    defaultErrorComponent: BrokenScreen,
    defaultNotFoundComponent: NoScreen,
  })
  router.subscribe('onRendered', ({ fromLocation }) => focusCard(fromLocation?.pathname))
  return router
}

/** Back from a film or a folder the focus is on its card, where it was before. */
function focusCard(pathname = ''): void {
  const cards = document.querySelectorAll<HTMLElement>('[data-card]')
  const card = [...cards].find((one) => one.getAttribute('href') === pathname)
  card?.focus({ preventScroll: true })
}

/** A part of the app that did not come: the server is away. */
function away(): never {
  throw unreachable()
}

/** An id of the catalog, from an address that anybody may have typed. */
function parseId(text: string): number {
  const id = Number(text)
  if (!Number.isInteger(id) || id <= 0 || id > 0x7fffffff) throw notFound()
  return id
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}

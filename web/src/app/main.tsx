import './styles/tokens.css'
import './styles/base.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { paths } from '@/config/paths'
import { onSessionEnd } from '@/lib/session'
import { makeQueryClient } from './query-client'
import { makeRouter } from './router'

const client = makeQueryClient()
const router = makeRouter()

onSessionEnd(() => {
  const { pathname, href } = router.state.location
  if (pathname === paths.login || pathname === paths.link) return
  void router
    .navigate({ to: paths.login, search: { next: href === '/' ? undefined : href } })
    .then(() => client.clear())
})

createRoot(document.getElementById('root') ?? document.body).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)

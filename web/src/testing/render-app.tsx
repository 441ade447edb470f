import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { leadToLogin } from '@/app/lead-to-login'
import { makeQueryClient } from '@/app/query-client'
import { makeRouter } from '@/app/router'

/** The whole app at an address, without the pauses between tries. */
export function renderApp(address: string) {
  const client = makeQueryClient()
  client.setDefaultOptions({ queries: { networkMode: 'always', retry: false } })
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }))
  leadToLogin(router, client)
  const user = userEvent.setup()
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
  return { user, client, router }
}

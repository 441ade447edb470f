import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test, vi } from 'vitest'
import { FakeEventSource } from '@/testing/fake-event-source'
import { aFile, aFolder, aList, tokens } from '@/testing/fixtures'
import { renderApp } from '@/testing/render-app'
import { answer, failing, hanging, server, unreachable } from '@/testing/server'

const heading = (name: string) => screen.findByRole('heading', { name })

beforeEach(() => {
  server.use(
    answer('GET /api/folders', [
      aFolder(5, 'Films', { total_count: 12, preview_files: [aFile(9)] }),
      aFolder(6, 'Kubrick', { parent_id: 5 }),
    ]),
    answer('GET /api/files', aList([aFile(1), aFile(2, { last_pos: 300 })])),
  )
})

test('loading', async () => {
  server.use(hanging('GET /api/files'))
  renderApp('/')
  expect(await screen.findByRole('status', { name: 'Loading the library' })).toBeInTheDocument()
})

test('empty: tells how something gets here', async () => {
  server.use(answer('GET /api/folders', []), answer('GET /api/files', aList([])))
  renderApp('/')
  await heading('Your library is empty')
  expect(await screen.findByRole('link', { name: 'Open @teleplay_bot' })).toHaveAttribute(
    'href',
    'https://t.me/teleplay_bot',
  )
})

test('error: another try brings it', async () => {
  server.use(failing('GET /api/files', 500, 'internal'))
  const { user } = renderApp('/')
  await heading('TelePlay has a problem')
  expect(screen.getByText('r-1')).toBeInTheDocument()
  server.use(answer('GET /api/files', aList([aFile(1)])))
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: 'Film 1' })).toBeInTheDocument()
})

test('offline, with nothing loaded', async () => {
  server.use(unreachable('GET /api/folders'), unreachable('GET /api/files'))
  renderApp('/')
  await heading('TelePlay does not answer')
})

test('full: folders, files, how long, how far', async () => {
  renderApp('/')
  const film = await screen.findByRole('link', { name: 'Film 2' })
  expect(film).toHaveAttribute('href', '/watch/2')
  expect(screen.getByRole('link', { name: 'Films' })).toHaveAttribute('href', '/folder/5')
  expect(screen.getByText('12 files')).toBeInTheDocument()
  expect(screen.getAllByText('10 minutes')).toHaveLength(2)
  expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '50')
  expect(screen.queryByRole('link', { name: 'Kubrick' })).toBeNull()
})

test('a folder: the way back up, by name', async () => {
  let asked: URLSearchParams | undefined
  server.use(
    answer('GET /api/files', ({ query }) => {
      asked = query
      return aList([aFile(3)])
    }),
  )
  renderApp('/folder/6')
  await heading('Kubrick')
  const crumbs = within(screen.getByRole('navigation', { name: 'Breadcrumb' }))
  expect(crumbs.getAllByRole('link').map((link) => link.textContent)).toEqual(['Library', 'Films'])
  expect(Object.fromEntries(asked ?? [])).toMatchObject({
    folder_id: '6',
    sort: 'name',
    order: 'asc',
  })
})

test('a folder that is gone', async () => {
  renderApp('/folder/77')
  await heading('This folder is not here any more')
})

test.each(['/folder/x', '/watch/0', '/nowhere'])('%s leads nowhere, and says so', async (at) => {
  renderApp(at)
  await heading('There is nothing at this address')
})

test('more, page by page', async () => {
  server.use(
    answer('GET /api/files', ({ query }) =>
      query.get('cursor') === 'c2' ? aList([aFile(2)]) : aList([aFile(1)], 'c2'),
    ),
  )
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'Load more' }))
  expect(await screen.findByRole('link', { name: 'Film 2' })).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Film 1' })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull()
})

test('a page that fails: words, and another try by hand alone, when the server wants one', async () => {
  let asked = 0
  server.use(
    http.get('/api/files', ({ request }) => {
      if (!request.url.includes('cursor')) return HttpResponse.json(aList([aFile(1)], 'c2'))
      asked++
      return HttpResponse.json(
        { code: 'rate_limited' },
        { status: 429, headers: { 'Retry-After': '7' } },
      )
    }),
  )
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'Load more' }))
  await heading('That was a lot at once')
  expect(screen.queryByRole('button', { name: /Load/ })).toBeNull()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeDisabled()
  expect(asked).toBe(1)
})

test('a burst of new files costs no reading of the files', async () => {
  let lists = 0
  let folders = 0
  server.use(
    answer('GET /api/files', () => {
      lists++
      return aList([aFile(1)])
    }),
    answer('GET /api/folders', () => {
      folders++
      return []
    }),
  )
  renderApp('/')
  await screen.findByRole('link', { name: 'Film 1' })
  const before = { lists, folders }
  act(() => {
    for (let id = 10; id < 22; id++)
      FakeEventSource.latest.say('file', { action: 'added', id, file: aFile(id) })
  })
  expect(await screen.findByRole('link', { name: 'Film 21' })).toBeInTheDocument()
  await waitFor(() => expect(folders).toBe(before.folders + 1))
  expect(lists).toBe(before.lists)
})

test('a new file appears by itself', async () => {
  renderApp('/')
  await screen.findByRole('link', { name: 'Film 1' })
  server.use(answer('GET /api/files', aList([aFile(8), aFile(1)])))
  act(() => {
    FakeEventSource.latest.accept()
    FakeEventSource.latest.say('file', { action: 'added', id: 8, file: aFile(8) })
  })
  expect(await screen.findByRole('link', { name: 'Film 8' })).toBeInTheDocument()
})

test('progress made elsewhere moves the bar', async () => {
  renderApp('/')
  await screen.findByRole('progressbar')
  act(() => FakeEventSource.latest.say('progress', { file_id: 2, position: 540, completed: false }))
  await waitFor(() =>
    expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '90'),
  )
})

test('rename: the part before the ending is selected, and a refusal has words', async () => {
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'Actions for Films' }))
  await user.click(screen.getByRole('menuitem', { name: 'Rename' }))
  server.use(failing('PATCH /api/folders/{id}', 400, 'name_taken'))
  const field = screen.getByRole('textbox', { name: 'Name' })
  await user.clear(field)
  await user.type(field, 'Series{Enter}')
  expect(await screen.findByText(/There is a folder with this name already/)).toBeInTheDocument()

  let body: unknown
  server.use(
    answer('PATCH /api/folders/{id}', (asked) => {
      body = [asked.path, asked.body]
      return aFolder(5, 'Series')
    }),
    answer('GET /api/folders', [aFolder(5, 'Series')]),
  )
  await user.click(screen.getByRole('button', { name: 'Rename' }))
  expect(await screen.findByRole('link', { name: 'Series' })).toBeInTheDocument()
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(body).toEqual([{ id: '5' }, { name: 'Series' }])
})

test('move a file into a folder', async () => {
  let body: unknown
  server.use(
    answer('PATCH /api/files/{id}', (asked) => {
      body = asked.body
      return aFile(1, { folder_id: 6 })
    }),
  )
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'Actions for Film 1.mp4' }))
  await user.click(screen.getByRole('menuitem', { name: /Move to/ }))
  expect(screen.getByRole('radio', { name: /Library/ })).toBeDisabled()
  await user.click(screen.getByRole('radio', { name: 'Kubrick' }))
  await user.click(screen.getByRole('button', { name: 'Move' }))
  await screen.findByRole('link', { name: 'Film 1' })
  expect(body).toEqual({ folder_id: 6 })
})

test('a folder is not offered its own branch', async () => {
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'Actions for Films' }))
  await user.click(screen.getByRole('menuitem', { name: /Move to/ }))
  expect(screen.getAllByRole('radio')).toHaveLength(1)
})

test('delete asks first, and says what goes', async () => {
  let gone = false
  server.use(
    answer('DELETE /api/folders/{id}', () => {
      gone = true
      return { message: '' }
    }),
  )
  const { user } = renderApp('/')
  await user.click(await screen.findByRole('button', { name: 'Actions for Films' }))
  await user.click(screen.getByRole('menuitem', { name: 'Delete' }))
  expect(screen.getByText(/the 12 files in it/)).toBeInTheDocument()
  expect(gone).toBe(false)
  server.use(answer('GET /api/folders', []))
  await user.click(screen.getByRole('button', { name: 'Move to trash' }))
  await screen.findByRole('link', { name: 'Film 1' })
  expect(gone).toBe(true)
})

test('a new folder', async () => {
  let body: unknown
  server.use(
    answer('POST /api/folders', (asked) => {
      body = asked.body
      return aFolder(9, 'New')
    }),
  )
  const { user } = renderApp('/folder/5')
  await heading('Films')
  await user.click(screen.getByRole('button', { name: 'New folder' }))
  await user.type(screen.getByRole('textbox', { name: 'Name' }), 'New{Enter}')
  await screen.findByRole('link', { name: 'Film 1' })
  expect(body).toEqual({ name: 'New', parent_id: 5 })
})

test('a download that the server refuses has words, and the page stays', async () => {
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue()
  server.use(http.get('/api/download/1', () => HttpResponse.json({}, { status: 503 })))
  const { user } = renderApp('/')
  const choose = async () => {
    await user.click(await screen.findByRole('button', { name: 'Actions for Film 1.mp4' }))
    await user.click(screen.getByRole('menuitem', { name: 'Download' }))
  }
  await choose()
  expect(await screen.findByRole('alert')).toHaveTextContent('TelePlay has a problem')
  await user.click(screen.getByRole('button', { name: 'Close' }))
  expect(screen.queryByRole('alert')).toBeNull()
  server.use(http.get('/api/download/1', () => new HttpResponse(null, { status: 206 })))
  await choose()
  await waitFor(() => expect(click).toHaveBeenCalledTimes(1))
  expect(click.mock.contexts[0]).toHaveAttribute('href', '/api/download/1')
})

test('who asks takes long: the shape of the library meanwhile', async () => {
  server.use(hanging('GET /api/auth/me'))
  renderApp('/')
  expect(await screen.findByRole('status', { name: 'Loading the library' })).toBeInTheDocument()
  expect(screen.getByRole('banner')).toBeInTheDocument()
})

test('a page load renews nothing while the login is good', async () => {
  const refresh = vi.fn(() => tokens)
  server.use(answer('POST /api/auth/refresh', refresh))
  renderApp('/')
  await screen.findByRole('link', { name: 'Film 1' })
  expect(refresh).not.toHaveBeenCalled()
})

test('a thumbnail that met the end of the login is shown after all', async () => {
  const thumb = { thumbnail_url: '/api/thumbnail/1' }
  let fresh = false
  server.use(
    answer('GET /api/files', aList([aFile(1, thumb)])),
    http.get('/api/thumbnail/1', () => new HttpResponse(null, { status: fresh ? 206 : 401 })),
    answer('POST /api/auth/refresh', () => {
      fresh = true
      return tokens
    }),
  )
  renderApp('/')
  await screen.findByRole('link', { name: 'Film 1' })
  const picture = () => document.querySelector('img[srcset]')
  const first = picture()
  if (!first) throw new Error('no picture')
  fireEvent.error(first)
  await waitFor(() => expect(picture()).not.toBe(first))
  expect(picture()).toBeInTheDocument()
  expect(fresh).toBe(true)
})

test('a dialog gives the focus back to what opened it', async () => {
  const { user } = renderApp('/')
  const button = await screen.findByRole('button', { name: 'Actions for Films' })
  await user.click(button)
  await user.click(screen.getByRole('menuitem', { name: 'Rename' }))
  await user.click(screen.getByRole('textbox', { name: 'Name' }))
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(button).toHaveFocus()
})

test('Back from a film: the same place and order, no trap, and the focus on its card', async () => {
  server.use(
    answer('GET /api/files/{id}', aFile(1, { folder_id: 5 })),
    answer('GET /api/files', aList([aFile(1, { folder_id: 5 })])),
  )
  const { user, router } = renderApp('/folder/5?sort=new')
  await user.click(await screen.findByRole('link', { name: 'Film 1' }))
  await heading('Film 1')
  await user.click(screen.getByRole('link', { name: 'Back to the library' }))
  await heading('Films')
  expect(router.state.location.href).toBe('/folder/5?sort=new')
  expect(router.history.canGoBack()).toBe(false)
  await waitFor(() => expect(screen.getByRole('link', { name: 'Film 1' })).toHaveFocus())
})

test.each(['/nowhere', '/folder/77'])('%s has a main and a first heading', async (at) => {
  renderApp(at)
  expect(await screen.findByRole('heading', { level: 1 })).toBeInTheDocument()
  expect(screen.getByRole('main')).toBeInTheDocument()
})

test('the menu by keys', async () => {
  const { user } = renderApp('/')
  const button = await screen.findByRole('button', { name: 'Actions for Film 1.mp4' })
  button.focus()
  await user.keyboard('{Enter}')
  expect(screen.getByRole('menuitem', { name: 'Rename' })).toHaveFocus()
  await user.keyboard('{ArrowUp}')
  expect(screen.getByRole('menuitem', { name: 'Delete' })).toHaveFocus()
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('menu')).toBeNull()
  expect(button).toHaveFocus()
})

import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { forgetSession, onSessionEnd } from '@/lib/session'
import { FakeEventSource } from './fake-event-source'
import { server } from './server'

// The machines that run this are often busy.
configure({ asyncUtilTimeout: 4_000 })

const unhandled: string[] = []

beforeAll(() =>
  server.listen({
    onUnhandledRequest: ({ method, url }) => {
      unhandled.push(`${method} ${url}`)
    },
  }),
)

beforeEach(() => {
  FakeEventSource.opened = []
  vi.stubGlobal('EventSource', FakeEventSource)
  // What jsdom leaves out.
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      observe = () => undefined
      disconnect = () => undefined
    },
  )
  vi.spyOn(window, 'scrollTo').mockReturnValue()
  const dialog = HTMLDialogElement.prototype
  dialog.showModal = function () {
    this.open = true
  }
  dialog.close = function () {
    this.open = false
  }
  const media = HTMLMediaElement.prototype
  vi.spyOn(media, 'load').mockReturnValue()
  vi.spyOn(media, 'pause').mockReturnValue()
  vi.spyOn(media, 'play').mockResolvedValue()
})

afterEach(() => {
  cleanup()
  server.resetHandlers()
  onSessionEnd(() => undefined)
  forgetSession()
  const missed = unhandled.splice(0)
  expect(missed, 'requests that no handler answers').toEqual([])
})

afterAll(() => server.close())

import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { http, HttpResponse } from 'msw'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Schemas } from '@/lib/api.gen'
import type { MediaFile } from '@/lib/media-file'
import { aFile, tokens } from '@/testing/fixtures'
import { renderApp } from '@/testing/render-app'
import { answer, failing, hanging, server, unreachable } from '@/testing/server'

const heading = (name: string) => screen.findByRole('heading', { name })

let saved: Schemas['SaveProgress'][]

beforeEach(() => {
  saved = []
  server.use(progressKept())
})

function progressKept() {
  return answer('PUT /api/files/{id}/progress', ({ body }) => {
    saved.push(body)
    return {
      id: 1,
      user_id: 7,
      file_id: 1,
      duration: null,
      completed: false,
      updated_at: '',
      position: 0,
    }
  })
}

/** Opens a file; its media element is in the test's hands, and does what Chromium's does. */
async function open(file: MediaFile) {
  server.use(answer('GET /api/files/{id}', file))
  const app = renderApp(`/watch/${file.id}`)
  const media = await screen.findByLabelText<HTMLMediaElement>(file.file_name)
  const put = (values: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(values))
      Object.defineProperty(media, name, { value, configurable: true })
  }
  put({ readyState: 4, duration: file.duration, paused: true, error: null })
  const fire = (...types: string[]) => types.forEach((type) => fireEvent(media, new Event(type)))
  const load = vi.fn(() => {
    put({ readyState: 0, paused: true, error: null })
    media.currentTime = 0
  })
  const started = vi.fn(() => {
    put({ paused: false })
    return Promise.resolve()
  })
  put({ load, play: started })
  const play = () => {
    put({ paused: false })
    fire('play', 'canplay', 'playing', 'timeupdate')
  }
  const pause = () => {
    put({ paused: true })
    fire('pause')
  }
  const at = (time: number) => {
    media.currentTime = time
    fire('timeupdate')
  }
  /** An error, and the pause that Chromium makes of it. */
  const breaks = (code: number) => {
    put({ error: { code }, paused: true })
    fire('error', 'pause')
  }
  /** A load that gets its bytes. */
  const opens = () => {
    put({ readyState: 4 })
    fire('durationchange', 'loadedmetadata', 'seeking', 'seeked', 'canplay', 'playing')
  }
  return { ...app, media, fire, load, started, play, pause, at, breaks, opens }
}

/** What the stream answers to a question for one byte. */
function stream(status: number, headers?: Record<string, string>, code = 'x') {
  return http.get('/api/stream/:id', () => HttpResponse.json({ code }, { status, headers }))
}

test('loading', async () => {
  server.use(hanging('GET /api/files/{id}'))
  renderApp('/watch/1')
  expect(await screen.findByLabelText('Loading')).toBeInTheDocument()
})

test('gone', async () => {
  server.use(failing('GET /api/files/{id}', 404, 'not_found'))
  renderApp('/watch/1')
  await heading('This file is not here any more')
})

test('error: another try brings it', async () => {
  server.use(unreachable('GET /api/files/{id}'))
  const { user } = renderApp('/watch/1')
  await heading('TelePlay does not answer')
  server.use(answer('GET /api/files/{id}', aFile(1, { file_type: 'document' })))
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  await heading('Film 1')
})

test('a film: name, size, controls', async () => {
  const { media } = await open(aFile(1))
  expect(media).toHaveAttribute('src', '/api/stream/1')
  expect(screen.getByText('734 MB · 10:00 · 1920 × 1080 · MP4')).toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Download' })).toHaveAttribute('href', '/api/download/1')
  expect(screen.getByRole('slider', { name: 'Seek' })).toBeEnabled()
  expect(screen.queryByText(/Resumed/)).toBeNull()
})

test('resumes where it was left, says so, and can start over', async () => {
  const { media, fire, user } = await open(aFile(1, { last_pos: 125 }))
  expect(screen.getByText('Resumed at 2:05')).toBeInTheDocument()
  fire('loadedmetadata')
  expect(media.currentTime).toBe(125)
  await user.click(screen.getByRole('button', { name: 'Start over' }))
  expect(media.currentTime).toBe(0)
  expect(screen.queryByText('Resumed at 2:05')).toBeNull()
})

test('keys', async () => {
  const { media, user, play, at } = await open(aFile(1))
  play()
  at(100)
  await user.keyboard('l')
  expect(media.currentTime).toBe(110)
  await user.keyboard('{ArrowLeft}j')
  expect(media.currentTime).toBe(95)
  await user.keyboard('9')
  expect(media.currentTime).toBe(540)
  await user.keyboard('m')
  expect(media.muted).toBe(true)
  const pause = vi.spyOn(media, 'pause')
  await user.keyboard('k')
  expect(pause).toHaveBeenCalledTimes(1)
})

test('the seek bar seeks when the drag ends', async () => {
  const { media } = await open(aFile(1))
  const bar = screen.getByRole<HTMLInputElement>('slider', { name: 'Seek' })
  fireEvent.input(bar, { target: { value: '480' } })
  expect(media.currentTime).toBe(0)
  fireEvent.change(bar, { target: { value: '480' } })
  expect(media.currentTime).toBe(480)
})

test('speed', async () => {
  const { media, user } = await open(aFile(1))
  await user.click(screen.getByRole('button', { name: /Speed/ }))
  await user.click(screen.getByRole('menuitemradio', { name: '1.5×' }))
  expect(media.playbackRate).toBe(1.5)
})

test('reports the place on pause and on leaving', async () => {
  const { media, play, pause, user } = await open(aFile(1))
  server.use(hanging('GET /api/folders'), hanging('GET /api/files'))
  play()
  media.currentTime = 33
  pause()
  await waitFor(() => expect(saved).toHaveLength(1))
  expect(saved[0]).toMatchObject({ position: 33, duration: 600 })
  expect(Date.parse(saved[0]?.at ?? '')).toBeGreaterThan(0)
  media.currentTime = 50
  await user.click(screen.getByRole('link', { name: 'Back to the library' }))
  await waitFor(() => expect(saved).toHaveLength(2))
  expect(saved[1]).toMatchObject({ position: 50 })
})

test('a place that could not be told is told when the server is back', async () => {
  const { media, play, pause } = await open(aFile(1))
  server.use(unreachable('PUT /api/files/{id}/progress'))
  play()
  media.currentTime = 33
  pause()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(saved).toEqual([])
  server.use(progressKept())
  await waitFor(() => expect(saved).toHaveLength(1))
  expect(saved[0]).toMatchObject({ position: 33 })
})

test('cannot decode: says so, offers the download, and stays', async () => {
  server.use(stream(206))
  const { load, breaks } = await open(aFile(1))
  breaks(4)
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  breaks(4)
  await heading('This browser cannot play this file')
  expect(screen.getAllByRole('link', { name: 'Download' })).toHaveLength(2)
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument()
})

test('stored copy gone', async () => {
  server.use(stream(410))
  const { breaks } = await open(aFile(1))
  breaks(4)
  await heading('The stored copy of this file is gone')
})

test('a server that is away and comes back: plays on at the same place by itself', async () => {
  const { media, load, started, play, at, breaks, opens } = await open(aFile(1))
  play()
  at(77)
  server.use(http.get('/api/stream/:id', () => HttpResponse.error()))
  breaks(2)
  expect(
    await screen.findByText('TelePlay does not answer. The film goes on from here by itself.'),
  ).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Pause' })).toBeInTheDocument()
  expect(load).not.toHaveBeenCalled()
  started.mockClear()
  server.use(stream(206))
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  expect(started).toHaveBeenCalledTimes(1)
  opens()
  expect(media.currentTime).toBe(77)
  expect(screen.queryByText(/TelePlay does not answer/)).toBeNull()
})

test('a film that was paused stays so', async () => {
  const { load, started, play, pause, breaks } = await open(aFile(1))
  play()
  pause()
  started.mockClear()
  server.use(stream(206))
  breaks(2)
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  expect(started).not.toHaveBeenCalled()
})

test('asks where it failed, and not the cache', async () => {
  const asked: (string | null)[] = []
  server.use(
    http.get('/api/stream/:id', ({ request }) => {
      asked.push(request.headers.get('Range'), request.cache)
      return new HttpResponse(null, { status: 206 })
    }),
  )
  const { play, at, load, breaks } = await open(aFile(1, { file_size: 1_000 }))
  play()
  at(300)
  breaks(2)
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  expect(asked).toEqual(['bytes=500-500', 'no-store'])
})

test('a busy Telegram has its own words', async () => {
  server.use(stream(503, { 'Retry-After': '60' }, 'upstream_busy'))
  const { play, breaks } = await open(aFile(1))
  play()
  breaks(2)
  expect(await screen.findByText(/^Telegram asks us to slow down/)).toBeInTheDocument()
})

test('a seek and a pause while the film is away hold', async () => {
  const { media, load, started, play, at, breaks, opens, user } = await open(aFile(1))
  play()
  at(77)
  server.use(stream(503))
  breaks(2)
  await screen.findByText(/TelePlay has a problem/)
  await user.keyboard('5k')
  expect(screen.getByRole('slider', { name: 'Seek' })).toHaveValue('300')
  started.mockClear()
  server.use(stream(206))
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  expect(started).not.toHaveBeenCalled()
  opens()
  expect(media.currentTime).toBe(300)
})

test('leaving while the film is away keeps the place', async () => {
  const { load, play, at, breaks, user } = await open(aFile(1))
  server.use(hanging('GET /api/folders'), hanging('GET /api/files'))
  play()
  at(77)
  server.use(stream(206))
  breaks(2)
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  await user.click(screen.getByRole('link', { name: 'Back to the library' }))
  await waitFor(() => expect(saved).toHaveLength(1))
  expect(saved[0]).toMatchObject({ position: 77 })
})

test('a film in a tab that nobody sees is loaded when somebody does', async () => {
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  const { media } = await open(aFile(1))
  expect(media).not.toHaveAttribute('src')
  hidden.mockReturnValue(false)
  fireEvent(document, new Event('visibilitychange'))
  expect(media).toHaveAttribute('src', '/api/stream/1')
})

test('the login ended under a film: it is renewed, and the film plays on', async () => {
  const { load, started, play, breaks } = await open(aFile(1))
  play()
  let fresh = false
  const refresh = vi.fn(() => {
    fresh = true
    return tokens
  })
  server.use(
    http.get('/api/stream/:id', () => new HttpResponse(null, { status: fresh ? 206 : 401 })),
    answer('POST /api/auth/refresh', refresh),
  )
  started.mockClear()
  breaks(2)
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  expect(refresh).toHaveBeenCalledTimes(1)
  expect(started).toHaveBeenCalledTimes(1)
})

test('a drag that ends where it began gives the bar back to the film', async () => {
  const { play, at } = await open(aFile(1))
  play()
  const bar = screen.getByRole<HTMLInputElement>('slider', { name: 'Seek' })
  fireEvent.input(bar, { target: { value: '480' } })
  fireEvent.input(bar, { target: { value: '0' } })
  fireEvent.pointerUp(bar)
  await new Promise((resolve) => setTimeout(resolve))
  act(() => at(50))
  expect(bar).toHaveValue('50')
})

test('the touch that wakes the controls does nothing else', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  const { media, play, opens } = await open(aFile(1))
  play()
  opens()
  const pause = vi.spyOn(media, 'pause')
  act(() => void vi.advanceTimersByTime(4_000))
  const tap = () => {
    fireEvent.pointerDown(media, { pointerType: 'touch' })
    fireEvent.click(media)
  }
  tap()
  expect(pause).not.toHaveBeenCalled()
  tap()
  expect(pause).toHaveBeenCalledTimes(1)
  vi.useRealTimers()
})

test('sound without a picture: says so', async () => {
  const { media, fire, play, user } = await open(aFile(1))
  play()
  media.currentTime = 1.5
  act(() => fire('timeupdate'))
  expect(await screen.findByText('No picture.')).toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Close' }))
  expect(screen.queryByText('No picture.')).toBeNull()
})

test('a picture without sound: says so', async () => {
  const { media, fire, play } = await open(aFile(1))
  Object.defineProperty(media, 'videoWidth', { value: 1280 })
  Object.defineProperty(media, 'webkitAudioDecodedByteCount', { value: 0 })
  play()
  media.currentTime = 2.5
  act(() => fire('timeupdate'))
  expect(await screen.findByText('No sound.')).toBeInTheDocument()
})

test('a song has no full screen', async () => {
  await open(aFile(1, { file_type: 'audio', file_name: 'Song.flac' }))
  expect(screen.getByRole('button', { name: 'Pause' })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Full screen' })).toBeNull()
})

test('a picture is shown, or offered', async () => {
  server.use(answer('GET /api/files/{id}', aFile(1, { file_type: 'image', file_name: 'A.heic' })))
  server.use(stream(206))
  renderApp('/watch/1')
  const first = await screen.findByRole('img', { name: 'A.heic' })
  fireEvent.error(first)
  await waitFor(() => expect(screen.getByRole('img', { name: 'A.heic' })).not.toBe(first))
  fireEvent.error(screen.getByRole('img', { name: 'A.heic' }))
  await heading('This browser cannot play this file')
})

test('a document is offered', async () => {
  server.use(answer('GET /api/files/{id}', aFile(1, { file_type: 'document', file_name: 'A.pdf' })))
  renderApp('/watch/1')
  expect(await screen.findByRole('link', { name: 'Download 734 MB' })).toBeInTheDocument()
})

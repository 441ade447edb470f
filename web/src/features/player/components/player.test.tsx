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
  server.use(
    answer('PUT /api/files/{id}/progress', ({ body }) => {
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
    }),
  )
})

/** Opens a file; its media element is in the test's hands. */
async function open(file: MediaFile) {
  server.use(answer('GET /api/files/{id}', file))
  const app = renderApp(`/watch/${file.id}`)
  const media = await screen.findByLabelText<HTMLMediaElement>(file.file_name)
  Object.defineProperty(media, 'readyState', { value: 4, configurable: true })
  Object.defineProperty(media, 'duration', { value: file.duration, configurable: true })
  const paused = (value: boolean) =>
    Object.defineProperty(media, 'paused', { value, configurable: true })
  const fire = (...types: string[]) => types.forEach((type) => fireEvent(media, new Event(type)))
  const play = () => {
    paused(false)
    fire('play', 'canplay', 'playing', 'timeupdate')
  }
  const pause = () => {
    paused(true)
    fire('pause')
  }
  return { ...app, media, fire, play, pause }
}

/** What the stream answers to a question for one byte. */
function stream(status: number) {
  return http.get('/api/stream/:id', () => new HttpResponse(null, { status }))
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
  const { media, user, play } = await open(aFile(1))
  play()
  media.currentTime = 100
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

test('cannot decode: says so, offers the download, and stays', async () => {
  server.use(stream(206))
  const { fire } = await open(aFile(1))
  fire('error')
  await heading('This browser cannot play this file')
  expect(screen.getAllByRole('link', { name: 'Download' })).toHaveLength(2)
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument()
})

test('stored copy gone', async () => {
  server.use(stream(410))
  const { fire } = await open(aFile(1))
  fire('error')
  await heading('The stored copy of this file is gone')
})

test('a lost connection: goes on at the same place by itself', async () => {
  const { media, fire, play } = await open(aFile(1))
  play()
  media.currentTime = 77
  server.use(stream(503))
  const load = vi.spyOn(media, 'load')
  fire('error')
  expect(await screen.findByText(/The connection is gone/)).toBeInTheDocument()
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  media.currentTime = 0
  fire('loadedmetadata')
  expect(media.currentTime).toBe(77)
  fire('playing')
  expect(screen.queryByText(/The connection is gone/)).toBeNull()
})

test('the login ended under a film: it is renewed, and the film goes on', async () => {
  const { media, fire, play } = await open(aFile(1))
  play()
  const refresh = vi.fn(() => tokens)
  server.use(stream(401), answer('POST /api/auth/refresh', refresh))
  const load = vi.spyOn(media, 'load')
  fire('error')
  await waitFor(() => expect(load).toHaveBeenCalledTimes(1))
  expect(refresh).toHaveBeenCalledTimes(1)
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
  expect(screen.getByRole('button', { name: 'Play' })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Full screen' })).toBeNull()
})

test('a picture is shown, or offered', async () => {
  server.use(answer('GET /api/files/{id}', aFile(1, { file_type: 'image', file_name: 'A.heic' })))
  renderApp('/watch/1')
  fireEvent.error(await screen.findByRole('img', { name: 'A.heic' }))
  await heading('This browser cannot play this file')
})

test('a document is offered', async () => {
  server.use(answer('GET /api/files/{id}', aFile(1, { file_type: 'document', file_name: 'A.pdf' })))
  renderApp('/watch/1')
  expect(await screen.findByRole('link', { name: 'Download 734 MB' })).toBeInTheDocument()
})

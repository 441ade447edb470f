import { expect, test } from 'vitest'
import { aFile, aList } from '@/testing/fixtures'
import { type FilePages, patched, watched } from './patch'

const day = (n: number) => ({ created_at: `2026-01-0${n}T00:00:00.000Z` })
const three: FilePages = {
  pages: [aList([aFile(3, day(3)), aFile(2, day(2))], 'c'), aList([aFile(1, day(1))])],
  pageParams: [undefined, 'c'],
}
const ids = (list?: FilePages) => list?.pages.map((page) => page.files.map((file) => file.id))
const all = [[3, 2], [1]]

test('a file that goes', () => {
  const gone = { action: 'removed', id: 2, file: null } as const
  expect(ids(patched(three, gone, 0, 'new'))).toEqual([[3], [1]])
  const moved = { action: 'changed', id: 2, file: aFile(2, { folder_id: 5 }) } as const
  expect(ids(patched(three, moved, 0, 'name'))).toEqual([[3], [1]])
})

test('a file of another folder', () => {
  const other = { action: 'added', id: 9, file: aFile(9, { folder_id: 5 }) } as const
  expect(patched(three, other, 0, 'new')).toBe(three)
})

test('a new file stands first where the newest is first', () => {
  const added = { action: 'added', id: 9, file: aFile(9, day(4)) } as const
  expect(ids(patched(three, added, 0, 'new'))).toEqual([[9, 3, 2], [1]])
  expect(patched(three, added, 0, 'name')).toBeUndefined()
})

test('an older file that comes here: the server knows where', () => {
  const came = { action: 'changed', id: 9, file: aFile(9, day(2)) } as const
  expect(patched(three, came, 0, 'new')).toBeUndefined()
})

test('a file that changes stays in its place, unless its name gives the place', () => {
  const named = { action: 'changed', id: 2, file: aFile(2, { file_name: 'Z.mp4' }) } as const
  const next = patched(three, named, 0, 'new')
  expect(ids(next)).toEqual(all)
  expect(next?.pages[0]?.files[1]?.file_name).toBe('Z.mp4')
  expect(patched(three, named, 0, 'name')).toBeUndefined()
  const titled = { action: 'changed', id: 2, file: aFile(2, { title: 'Z' }) } as const
  expect(patched(three, titled, 0, 'name')?.pages[0]?.files[1]?.title).toBe('Z')
})

test('progress', () => {
  const progress = { id: 1, user_id: 7, duration: null, updated_at: '' }
  const next = watched(three, { ...progress, file_id: 1, position: 9, completed: true })
  expect(next.pages[1]?.files[0]).toMatchObject({ last_pos: 9, completed: true })
})

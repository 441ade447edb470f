import { expect, test } from 'vitest'
import { nextCard } from './grid-keys'
import { parseSort, sortOf } from './sort'
import { childrenOf, flatTree, pathTo } from './tree'

const all = [
  { id: 1, parent_id: null },
  { id: 2, parent_id: 1 },
  { id: 3, parent_id: 2 },
  { id: 4, parent_id: null },
]
const ids = (list?: { id: number }[]) => list?.map((folder) => folder.id)

test('tree', () => {
  expect(ids(childrenOf(all, 0))).toEqual([1, 4])
  expect(ids(childrenOf(all, 2))).toEqual([3])
  expect(ids(pathTo(all, 0))).toEqual([])
  expect(ids(pathTo(all, 3))).toEqual([1, 2, 3])
  expect(pathTo(all, 9)).toBeUndefined()
  expect(pathTo([{ id: 1, parent_id: 1 }], 1)).toBeUndefined()
  expect(flatTree(all).map(({ folder, depth }) => [folder.id, depth])).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 0],
  ])
  expect(flatTree(all, 2).map(({ folder }) => folder.id)).toEqual([1, 4])
})

test('sort', () => {
  expect(sortOf(undefined, 0)).toBe('new')
  expect(sortOf(undefined, 5)).toBe('name')
  expect(sortOf('new', 5)).toBe('new')
  expect(parseSort('name')).toBe('name')
  expect(parseSort('evil')).toBeUndefined()
})

// 0 1 2
// 3 4
test.each([
  ['ArrowRight', 0, 1],
  ['ArrowLeft', 0, undefined],
  ['ArrowLeft', 3, 2],
  ['ArrowDown', 1, 4],
  ['ArrowDown', 2, 4],
  ['ArrowDown', 3, undefined],
  ['ArrowUp', 4, 1],
  ['ArrowUp', 1, undefined],
  ['Home', 4, 0],
  ['End', 0, 4],
  ['End', 4, undefined],
  ['x', 0, undefined],
])('%s from %d leads to %s', (key, from, to) => expect(nextCard(key, from, 3, 5)).toBe(to))

import { ROOT } from '@/config/paths'

export type Sort = 'new' | 'name'

/** The order that was asked for; else what came last is first in the root, and a folder goes by name, as a series does. */
export function sortOf(asked: Sort | undefined, folder: number): Sort {
  return asked ?? (folder === ROOT ? 'new' : 'name')
}

/** The order in an address, if it is one. */
export function parseSort(value: unknown): Sort | undefined {
  return value === 'new' || value === 'name' ? value : undefined
}

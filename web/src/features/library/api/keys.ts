import type { QueryClient } from '@tanstack/react-query'

/** All that the library shows starts with this key. */
export const libraryKey = ['library'] as const
export const filesKey = [...libraryKey, 'files'] as const

/** Reads anew whatever of the library is on screen. */
export function refreshLibrary(client: QueryClient) {
  return client.invalidateQueries({ queryKey: libraryKey })
}

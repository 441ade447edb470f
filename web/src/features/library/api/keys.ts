import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { Schemas } from '@/lib/api.gen'

/** All that the library shows starts with this key. */
export const libraryKey = ['library'] as const
export const filesKey = [...libraryKey, 'files'] as const

/** Reads anew whatever of the library is on screen. */
export function refreshLibrary(client: QueryClient) {
  return client.invalidateQueries({ queryKey: libraryKey })
}

/** Moves the progress bars of a file without reading anything anew. */
export function applyProgress(client: QueryClient, progress: Schemas['Progress']) {
  client.setQueriesData<InfiniteData<Schemas['FileList']>>({ queryKey: filesKey }, (list) =>
    list
      ? { ...list, pages: list.pages.map((page) => ({ ...page, files: page.files.map(patch) })) }
      : list,
  )
  function patch(file: Schemas['File']): Schemas['File'] {
    if (file.id !== progress.file_id) return file
    return { ...file, last_pos: progress.position, completed: progress.completed }
  }
}

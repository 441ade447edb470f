import type { InfiniteData } from '@tanstack/react-query'
import { ROOT } from '@/config/paths'
import type { Schemas } from '@/lib/api.gen'
import type { MediaFile } from '@/lib/media-file'
import type { Sort } from './sort'

/** The files of a folder, as far as they were loaded. */
export type FilePages = InfiniteData<Schemas['FileList'], string | undefined>

/**
 * What an event makes of the list of a folder. Undefined where only the server knows: the
 * place of a new name, or of an older file that was moved here.
 */
export function patched(
  list: FilePages,
  { id, file }: Schemas['FileEvent'],
  folder: number,
  sort: Sort,
): FilePages | undefined {
  const shown = list.pages.flatMap((page) => page.files)
  const before = shown.find((one) => one.id === id)
  if (file === null || (file.folder_id ?? ROOT) !== folder)
    return before ? mapFiles(list, (files) => files.filter((one) => one.id !== id)) : list
  if (before)
    return sort === 'name' && before.file_name !== file.file_name
      ? undefined
      : mapFiles(list, (files) => files.map((one) => (one.id === id ? file : one)))
  const newest = shown[0]
  if (sort !== 'new' || (newest && newest.created_at > file.created_at)) return undefined
  return mapFiles(list, (files, page) => (page === 0 ? [file, ...files] : files))
}

/** Moves the progress bar of a file. */
export function watched(list: FilePages, progress: Schemas['Progress']): FilePages {
  return mapFiles(list, (files) =>
    files.map((file) =>
      file.id === progress.file_id
        ? { ...file, last_pos: progress.position, completed: progress.completed }
        : file,
    ),
  )
}

function mapFiles(list: FilePages, change: (files: MediaFile[], page: number) => MediaFile[]) {
  const pages = list.pages.map((page, n) => ({ ...page, files: change(page.files, n) }))
  return { ...list, pages }
}

import type { Schemas } from './api.gen'

export type MediaFile = Schemas['File']
export type Folder = Schemas['Folder']

/** The name that a card shows: the title if there is one, else the file's name without its ending. */
export function titleOf(file: Pick<MediaFile, 'title' | 'file_name'>): string {
  return file.title ?? (file.file_name.replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, '') || file.file_name)
}

/** How much of it was watched, 0 to 1; undefined where there is nothing to show. */
export function watchedPart(
  file: Pick<MediaFile, 'duration' | 'last_pos' | 'completed'>,
): number | undefined {
  if (file.completed) return 1
  if (!file.last_pos || !file.duration) return undefined
  return Math.min(1, file.last_pos / file.duration)
}

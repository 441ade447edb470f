import { type Folder, type MediaFile } from '@/lib/media-file'

/** What a card stands for. */
export type Item = { type: 'file'; file: MediaFile } | { type: 'folder'; folder: Folder }

export function idOf(item: Item): number {
  return item.type === 'file' ? item.file.id : item.folder.id
}

/** The whole name, as it is stored. */
export function nameOf(item: Item): string {
  return item.type === 'file' ? item.file.file_name : item.folder.name
}

/** The folder that it lies in; 0 = the root. */
export function placeOf(item: Item): number {
  return (item.type === 'file' ? item.file.folder_id : item.folder.parent_id) ?? 0
}

import type { MediaFile } from '@/lib/media-file'

/** Where to begin, in seconds: where it was left, or at the start of what was seen to its end. */
export function resumeAt(file: Pick<MediaFile, 'last_pos' | 'completed' | 'duration'>): number {
  const left = file.last_pos ?? 0
  if (file.completed || left < 1) return 0
  return file.duration !== null && left >= file.duration - 1 ? 0 : left
}

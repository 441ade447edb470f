import type { Reading } from '../core/playback'

/** The numbers of an element, as they are now. */
export function readingOf(media: HTMLMediaElement): Partial<Reading> {
  const { currentTime, duration, volume, muted, playbackRate } = media
  return {
    time: currentTime,
    ...(Number.isFinite(duration) && duration > 0 ? { duration } : {}),
    buffered: bufferedEnd(media.buffered, currentTime),
    volume,
    muted,
    speed: playbackRate,
  }
}

/** The end of the buffered range that holds `time`. */
function bufferedEnd(ranges: TimeRanges, time: number): number {
  for (let n = 0; n < ranges.length; n++)
    if (ranges.start(n) <= time + 0.1 && ranges.end(n) >= time) return ranges.end(n)
  return time
}

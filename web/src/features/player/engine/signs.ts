import type { Signs } from '../core/verdict'

/** What some browsers tell beyond the standard. */
interface Telling {
  webkitAudioDecodedByteCount?: number
  mozHasAudio?: boolean
  audioTracks?: { length: number }
}

/** What the element shows of itself after `played` seconds of play. */
export function signsOf(media: HTMLMediaElement, played: number): Signs {
  const video = media instanceof HTMLVideoElement ? media : undefined
  return {
    kind: video ? 'video' : 'audio',
    played,
    videoWidth: video?.videoWidth ?? 0,
    frames: video && framesOf(video),
    sound: soundOf(media as HTMLMediaElement & Telling),
  }
}

function framesOf(video: HTMLVideoElement): number | undefined {
  return 'getVideoPlaybackQuality' in video
    ? video.getVideoPlaybackQuality().totalVideoFrames
    : undefined
}

function soundOf(media: Telling): boolean | undefined {
  if (media.webkitAudioDecodedByteCount !== undefined) return media.webkitAudioDecodedByteCount > 0
  if (media.mozHasAudio !== undefined) return media.mozHasAudio
  return media.audioTracks === undefined ? undefined : media.audioTracks.length > 0
}

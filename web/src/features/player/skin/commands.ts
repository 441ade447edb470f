import { type Command, nextSpeed } from '../core/keymap'

/** Carries out a command on an element. `duration` is what is known of the film's length. */
export function run(media: HTMLMediaElement, command: Command, duration: number): void {
  switch (command.do) {
    case 'toggle':
      if (media.paused) media.play().catch(() => undefined)
      else media.pause()
      return
    case 'skip':
      media.currentTime = clamp(media.currentTime + command.by, 0, duration || Infinity)
      return
    case 'jump':
      if (duration > 0) media.currentTime = duration * command.to
      return
    case 'mute':
      media.muted = !media.muted
      return
    case 'volume':
      media.muted = false
      media.volume = clamp(media.volume + command.by, 0, 1)
      return
    case 'speed':
      media.playbackRate = nextSpeed(media.playbackRate, command.by)
      return
    case 'fullscreen':
      toggleFullscreen(media)
  }
}

/** The whole page goes full screen, so that menus stay on top; an iPhone can do it with the film alone. */
function toggleFullscreen(media: HTMLMediaElement & { webkitEnterFullscreen?: () => void }) {
  if (document.fullscreenElement) void document.exitFullscreen()
  else if (document.fullscreenEnabled)
    document.documentElement.requestFullscreen().catch(() => undefined)
  else media.webkitEnterFullscreen?.()
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

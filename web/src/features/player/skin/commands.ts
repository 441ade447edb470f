import type { Engine } from '../engine/native'
import { type Command, nextSpeed } from '../core/keymap'

/**
 * Carries out a command. What the machine must know of goes by the engine, so that it holds
 * while the film is away too; the rest is the element's alone.
 */
export function run(command: Command, engine: Engine, media: HTMLMediaElement): void {
  const { time, duration } = engine.state
  const seek = (to: number) => {
    engine.send({ type: 'seek', to })
  }
  switch (command.do) {
    case 'toggle':
      engine.send({ type: 'toggle' })
      return
    case 'skip':
      seek(clamp(time + command.by, 0, duration || Infinity))
      return
    case 'jump':
      if (duration > 0) seek(duration * command.to)
      return
    case 'mute':
      media.muted = !media.muted
      return
    case 'volume':
      media.muted = false
      media.volume = clamp(media.volume + command.by, 0, 1)
      return
    case 'speed':
      setSpeed(media, nextSpeed(media.playbackRate, command.by))
      return
    case 'fullscreen':
      toggleFullscreen(media)
  }
}

/** A speed that outlives a load. */
export function setSpeed(media: HTMLMediaElement, speed: number): void {
  media.defaultPlaybackRate = speed
  media.playbackRate = speed
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

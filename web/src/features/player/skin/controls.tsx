import {
  Gauge,
  Maximize,
  Pause,
  Play,
  RotateCcw,
  RotateCw,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide-react'
import { type CSSProperties } from 'react'
import { IconButton } from '@/components/ui/button'
import { Menu } from '@/components/ui/menu'
import { formatTime } from '@/lib/format'
import { type Command, speeds } from '../core/keymap'
import type { Playback } from '../core/playback'
import styles from './controls.module.css'
import { SeekBar } from './seek-bar'

interface ControlsProps {
  state: Playback
  /** Only a picture can fill the screen. */
  video: boolean
  onCommand: (command: Command) => void
  onSeek: (time: number) => void
  onVolume: (volume: number) => void
  onSpeed: (speed: number) => void
}

/** The row of controls under a film. */
export function Controls({ state, video, onCommand, onSeek, onVolume, onSpeed }: ControlsProps) {
  const playing = state.playing && state.step !== 'failed'
  return (
    <div className={styles.controls} role="group" aria-label="Player controls">
      <SeekBar {...state} onSeek={onSeek} />
      <div className={styles.row}>
        <IconButton
          label={playing ? 'Pause' : 'Play'}
          aria-keyshortcuts="k Space"
          className={styles.main}
          onClick={() => onCommand({ do: 'toggle' })}
        >
          {playing ? (
            <Pause size={26} fill="currentColor" strokeWidth={0} />
          ) : (
            <Play size={26} fill="currentColor" strokeWidth={0} />
          )}
        </IconButton>
        <IconButton
          label="Back 10 seconds"
          aria-keyshortcuts="j"
          onClick={() => onCommand({ do: 'skip', by: -10 })}
        >
          <RotateCcw size={21} />
        </IconButton>
        <IconButton
          label="Forward 10 seconds"
          aria-keyshortcuts="l"
          onClick={() => onCommand({ do: 'skip', by: 10 })}
        >
          <RotateCw size={21} />
        </IconButton>
        <Volume {...state} onCommand={onCommand} onVolume={onVolume} />
        <p className={styles.time}>
          <span>{formatTime(state.time)}</span>
          <span className={styles.total}> / {formatTime(state.duration)}</span>
        </p>
        <div className={styles.gap} />
        <Menu
          label={`Speed, now ${state.speed}×`}
          items={speeds.map((speed) => ({
            label: `${speed}×`,
            checked: speed === state.speed,
            onSelect: () => onSpeed(speed),
          }))}
        >
          {state.speed === 1 ? (
            <Gauge size={21} />
          ) : (
            <span className={styles.speed}>{state.speed}×</span>
          )}
        </Menu>
        {video && (
          <IconButton
            label="Full screen"
            aria-keyshortcuts="f"
            onClick={() => onCommand({ do: 'fullscreen' })}
          >
            <Maximize size={21} />
          </IconButton>
        )}
      </div>
    </div>
  )
}

type VolumeProps = Pick<Playback, 'volume' | 'muted'> &
  Pick<ControlsProps, 'onCommand' | 'onVolume'>

function Volume({ volume, muted, onCommand, onVolume }: VolumeProps) {
  const loud = muted ? 0 : volume
  const Icon = loud === 0 ? VolumeX : loud < 0.5 ? Volume1 : Volume2
  return (
    <div className={styles.volume}>
      <IconButton
        label={muted ? 'Sound on' : 'Mute'}
        aria-keyshortcuts="m"
        onClick={() => onCommand({ do: 'mute' })}
      >
        <Icon size={21} />
      </IconButton>
      <input
        type="range"
        className={styles.slider}
        style={{ '--played': `${loud * 100}%` } as CSSProperties}
        aria-label="Volume"
        aria-valuetext={`${Math.round(loud * 100)} %`}
        data-own-arrows
        min={0}
        max={1}
        step={0.05}
        value={loud}
        onChange={(event) => onVolume(Number(event.target.value))}
      />
    </div>
  )
}

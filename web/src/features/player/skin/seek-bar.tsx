import {
  type CSSProperties,
  type PointerEvent,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from 'react'
import { formatTime, spokenTime } from '@/lib/format'
import styles from './seek-bar.module.css'

interface SeekBarProps {
  time: number
  duration: number
  buffered: number
  onSeek: (time: number) => void
}

/** Where we are in the film. A drag shows the time and seeks when it ends, so that it costs one request. */
export function SeekBar({ time, duration, buffered, onSeek }: SeekBarProps) {
  const ref = useRef<HTMLInputElement>(null)
  const [dragged, setDragged] = useState<number>()
  const [hover, setHover] = useState<number>()
  const shown = dragged ?? Math.min(time, duration)

  const commit = useEffectEvent((value: number) => {
    setDragged(undefined)
    onSeek(value)
  })
  useEffect(() => {
    const input = ref.current
    // React's onChange comes with each movement; the element's own change comes at the end.
    const changed = () => {
      if (input) commit(Number(input.value))
    }
    input?.addEventListener('change', changed)
    return () => input?.removeEventListener('change', changed)
  }, [])

  // A drag that ends where it began fires no change; where there is one, it comes first.
  const released = () => setTimeout(() => setDragged(undefined))

  const part = (value: number) => (duration > 0 ? (value / duration) * 100 : 0)
  const bars = {
    '--played': `${part(shown)}%`,
    '--buffered': `${part(Math.max(buffered, shown))}%`,
    '--hover': `${hover === undefined ? 0 : part(hover)}%`,
  } as CSSProperties
  return (
    <div
      className={styles.bar}
      style={bars}
      onPointerMove={(event) => setHover(timeUnder(event, duration))}
      onPointerLeave={() => setHover(undefined)}
    >
      <input
        ref={ref}
        type="range"
        className={styles.input}
        aria-label="Seek"
        aria-valuetext={`${spokenTime(shown)} of ${spokenTime(duration)}`}
        min={0}
        max={duration || 1}
        step="any"
        value={shown}
        disabled={duration === 0}
        onChange={(event) => setDragged(Number(event.target.value))}
        onPointerUp={released}
        onPointerCancel={released}
        onBlur={released}
      />
      {hover !== undefined && duration > 0 && (
        <output className={styles.hover} aria-hidden="true">
          {formatTime(dragged ?? hover)}
        </output>
      )}
    </div>
  )
}

function timeUnder(event: PointerEvent<HTMLElement>, duration: number): number {
  const box = event.currentTarget.getBoundingClientRect()
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * duration
}

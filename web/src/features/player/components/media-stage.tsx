import { LoaderCircle, Play } from 'lucide-react'
import { useRef, useState } from 'react'
import { KindIcon } from '@/components/ui/kind-icon'
import { Poster } from '@/components/ui/poster'
import type { MediaFile } from '@/lib/media-file'
import { useDelayed } from '@/lib/use-delayed'
import type { Command } from '../core/keymap'
import type { Verdict } from '../core/verdict'
import { resumeAt } from '../core/resume'
import { usePlayback } from '../engine/use-playback'
import { run } from '../skin/commands'
import { Controls } from '../skin/controls'
import { useIdle } from '../skin/use-idle'
import { useKeys } from '../skin/use-keys'
import styles from './media-stage.module.css'
import { ResumeNote, RetryNote, VerdictNote } from './notes'
import { Stage } from './stage'
import { TroubleNotice } from './trouble-notice'

/** A film, or a song. */
export function MediaStage({ file }: { file: MediaFile }) {
  const ref = useRef<HTMLVideoElement & HTMLAudioElement>(null)
  const [start] = useState(() => resumeAt(file))
  const { state, again } = usePlayback(ref, file, start)
  const video = file.file_type === 'video'
  const [read, setRead] = useState<Verdict>()
  const verdict = state.verdict === read ? undefined : state.verdict
  const calm = state.phase === 'playing' && !state.trouble && !verdict && state.retries === 0
  const idle = useIdle(video && calm, 3_000)
  const slow = useDelayed(state.waiting, 250)

  const onCommand = (command: Command) => {
    if (ref.current) run(ref.current, command, state.duration)
  }
  const withMedia = (act: (media: HTMLMediaElement) => void) => {
    if (ref.current) act(ref.current)
  }
  const seek = (time: number) => withMedia((media) => (media.currentTime = time))
  useKeys(onCommand)

  return (
    <Stage file={file} bare={idle}>
      {video ? (
        <video
          ref={ref}
          className={styles.video}
          playsInline
          preload="auto"
          aria-label={file.file_name}
          onClick={() => onCommand({ do: 'toggle' })}
          onDoubleClick={() => onCommand({ do: 'fullscreen' })}
        />
      ) : (
        <div className={styles.cover}>
          <audio ref={ref} preload="auto" aria-label={file.file_name} />
          <Poster
            src={file.thumbnail_url}
            placeholder={file.placeholder}
            seed={file.id}
            icon={<KindIcon kind="audio" size={72} />}
            sizes="360px"
          />
        </div>
      )}

      {state.trouble ? (
        <TroubleNotice trouble={state.trouble} file={file} onRetry={again} />
      ) : (
        <div className={styles.middle} role="status">
          {slow ? (
            <LoaderCircle
              size={56}
              strokeWidth={1.5}
              className={styles.spinner}
              aria-label="Loading"
            />
          ) : (
            state.phase === 'paused' && (
              <span className={styles.big} aria-hidden="true">
                <Play size={40} fill="currentColor" strokeWidth={0} />
              </span>
            )
          )}
        </div>
      )}

      <div className={styles.bottom} data-bare={idle}>
        <div className={styles.notes}>
          {state.retries > 0 && <RetryNote />}
          {verdict && (
            <VerdictNote verdict={verdict} file={file} onClose={() => setRead(verdict)} />
          )}
          {start > 0 && <ResumeNote from={start} onRestart={() => seek(0)} />}
        </div>
        <Controls
          state={state}
          video={video}
          onCommand={onCommand}
          onSeek={seek}
          onVolume={(volume) =>
            withMedia((media) => {
              media.volume = volume
              media.muted = volume === 0
            })
          }
          onSpeed={(speed) => withMedia((media) => (media.playbackRate = speed))}
        />
      </div>
    </Stage>
  )
}

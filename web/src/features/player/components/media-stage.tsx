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
import { run, setSpeed } from '../skin/commands'
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
  const { state, engine } = usePlayback(ref, file, start)
  const { step, playing, trouble, why } = state
  const video = file.file_type === 'video'
  const [read, setRead] = useState<Verdict>()
  const verdict = state.verdict === read ? undefined : state.verdict
  const calm = step === 'here' && playing && !verdict && why === undefined
  const { idle, waking } = useIdle(video && calm, 3_000)
  const slow = useDelayed(state.waiting, 250)

  const onCommand = (command: Command) => {
    if (engine.current && ref.current) run(command, engine.current, ref.current)
  }
  const withMedia = (act: (media: HTMLMediaElement) => void) => {
    if (ref.current) act(ref.current)
  }
  const seek = (to: number) => engine.current?.send({ type: 'seek', to })
  useKeys(onCommand)

  return (
    <Stage file={file} bare={idle} {...waking}>
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

      {trouble ? (
        <TroubleNotice
          trouble={trouble}
          file={file}
          onRetry={() => engine.current?.send({ type: 'again' })}
        />
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
            !playing &&
            !state.waiting &&
            !state.ended && (
              <span className={styles.big} aria-hidden="true">
                <Play size={40} fill="currentColor" strokeWidth={0} />
              </span>
            )
          )}
        </div>
      )}

      <div className={styles.bottom} data-bare={idle}>
        <div className={styles.notes}>
          {why !== undefined && <RetryNote why={why} />}
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
          onSpeed={(speed) => withMedia((media) => setSpeed(media, speed))}
        />
      </div>
    </Stage>
  )
}

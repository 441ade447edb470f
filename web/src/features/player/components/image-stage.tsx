import { ErrorNotice } from '@/components/ui/notice'
import type { MediaFile } from '@/lib/media-file'
import { usePicture } from '@/lib/use-picture'
import { troubleOf } from '../core/recovery'
import styles from './image-stage.module.css'
import { Stage } from './stage'
import { TroubleNotice } from './trouble-notice'

/** A picture, as large as the window. */
export function ImageStage({ file }: { file: MediaFile }) {
  const { failed, why, key, onLoad, onError, again } = usePicture(file.stream_url)
  const trouble = why === undefined ? 'cannot-decode' : troubleOf(why)
  return (
    <Stage file={file}>
      {!failed ? (
        <img
          key={key}
          className={styles.image}
          src={file.stream_url}
          alt={file.file_name}
          onLoad={onLoad}
          onError={onError}
        />
      ) : trouble ? (
        <TroubleNotice trouble={trouble} file={file} onRetry={again} />
      ) : (
        <ErrorNotice error={why} onRetry={again} />
      )}
    </Stage>
  )
}

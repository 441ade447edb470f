import { useState } from 'react'
import type { MediaFile } from '@/lib/media-file'
import styles from './image-stage.module.css'
import { Stage } from './stage'
import { TroubleNotice } from './trouble-notice'

/** A picture, as large as the window. */
export function ImageStage({ file }: { file: MediaFile }) {
  const [failed, setFailed] = useState(false)
  return (
    <Stage file={file}>
      {failed ? (
        <TroubleNotice trouble="cannot-decode" file={file} onRetry={() => setFailed(false)} />
      ) : (
        <img
          className={styles.image}
          src={file.stream_url}
          alt={file.file_name}
          onError={() => setFailed(true)}
        />
      )}
    </Stage>
  )
}

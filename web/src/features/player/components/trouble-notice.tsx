import { Download, FilmIcon, RotateCw } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import type { MediaFile } from '@/lib/media-file'
import type { Trouble } from '../core/recovery'
import { troubleWords } from '../core/words'
import { DownloadLink } from './download-link'
import styles from './trouble-notice.module.css'

interface TroubleNoticeProps {
  trouble: Trouble
  file: MediaFile
  onRetry?: () => void
}

/** Why a file cannot be shown, and what to do. The player stays. */
export function TroubleNotice({ trouble, file, onRetry }: TroubleNoticeProps) {
  const { title, text } = troubleWords[trouble]
  return (
    <div className={styles.cover}>
      <Notice
        role="alert"
        icon={<FilmIcon size={30} />}
        title={title}
        actions={
          <>
            {trouble === 'cannot-decode' && (
              <DownloadLink look="primary" file={file}>
                <Download size={18} aria-hidden="true" />
                Download
              </DownloadLink>
            )}
            {onRetry && (
              <Button onClick={onRetry}>
                <RotateCw size={18} aria-hidden="true" />
                Try again
              </Button>
            )}
          </>
        }
      >
        {text}
      </Notice>
    </div>
  )
}

import { Download } from 'lucide-react'
import { KindIcon } from '@/components/ui/kind-icon'
import { Notice } from '@/components/ui/notice'
import { formatSize } from '@/lib/format'
import type { MediaFile } from '@/lib/media-file'
import { DownloadLink } from './download-link'
import { Stage } from './stage'

/** A file that a browser does not show. */
export function DocumentStage({ file }: { file: MediaFile }) {
  return (
    <Stage file={file}>
      <Notice
        icon={<KindIcon kind="document" size={30} />}
        title={file.file_name}
        actions={
          <DownloadLink look="primary" large file={file}>
            <Download size={20} aria-hidden="true" />
            Download {formatSize(file.file_size)}
          </DownloadLink>
        }
      >
        This kind of file opens outside the browser.
      </Notice>
    </Stage>
  )
}

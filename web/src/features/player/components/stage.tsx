import { Link, useRouter } from '@tanstack/react-router'
import { ArrowLeft, Download } from 'lucide-react'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { buttonClass } from '@/components/ui/button'
import { paths, ROOT } from '@/config/paths'
import { formatSize, formatTime } from '@/lib/format'
import { type MediaFile, titleOf } from '@/lib/media-file'
import { DownloadLink } from './download-link'
import styles from './stage.module.css'

interface StageProps extends Pick<
  ComponentProps<'main'>,
  'onPointerDownCapture' | 'onClickCapture'
> {
  file: MediaFile
  children: ReactNode
  /** The frame around the picture is out of the way. */
  bare?: boolean
}

/** The dark room that a file is shown in, with its name, its size and the way back. */
export function Stage({ file, children, bare, ...handlers }: StageProps) {
  return (
    <main className={styles.stage} data-cinema data-bare={bare} {...handlers}>
      <title>{`${titleOf(file)} · TelePlay`}</title>
      <header className={styles.top}>
        <BackLink folder={file.folder_id ?? ROOT} />
        <div className={styles.name}>
          <h1 className={styles.title} dir="auto">
            {titleOf(file)}
          </h1>
          <p className={styles.facts}>{factsOf(file).join(' · ')}</p>
        </div>
        <DownloadLink file={file} className={styles.download}>
          <Download size={18} aria-hidden="true" />
          <span>Download</span>
        </DownloadLink>
      </header>
      {children}
    </main>
  )
}

/** Back to where we came from, as it was left; from elsewhere to the file's folder, 0 = the root. */
export function BackLink({ folder }: { folder: number }) {
  const router = useRouter()
  const look = {
    className: buttonClass({}, styles.back),
    onClick: (event: MouseEvent) => {
      if (!router.history.canGoBack() || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      router.history.back()
    },
  }
  const inside = <ArrowLeft size={20} aria-label="Back to the library" />
  return folder === ROOT ? (
    <Link to={paths.library} {...look}>
      {inside}
    </Link>
  ) : (
    <Link to={paths.folder} params={{ folderId: folder }} {...look}>
      {inside}
    </Link>
  )
}

function factsOf(file: MediaFile): string[] {
  const facts = [formatSize(file.file_size)]
  if (file.duration !== null) facts.push(formatTime(file.duration))
  if (file.width !== null && file.height !== null) facts.push(`${file.width} × ${file.height}`)
  const ending = /\.([A-Za-z0-9]{1,5})$/.exec(file.file_name)?.[1]
  if (ending) facts.push(ending.toUpperCase())
  return facts
}

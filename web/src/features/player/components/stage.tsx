import { Link } from '@tanstack/react-router'
import { ArrowLeft, Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass, ButtonLink } from '@/components/ui/button'
import { paths, ROOT } from '@/config/paths'
import { formatSize, formatTime } from '@/lib/format'
import { type MediaFile, titleOf } from '@/lib/media-file'
import styles from './stage.module.css'

interface StageProps {
  file: MediaFile
  children: ReactNode
  /** The frame around the picture is out of the way. */
  bare?: boolean
}

/** The dark room that a file is shown in, with its name, its size and the way back. */
export function Stage({ file, children, bare }: StageProps) {
  return (
    <main className={styles.stage} data-cinema data-bare={bare}>
      <title>{`${titleOf(file)} · TelePlay`}</title>
      <header className={styles.top}>
        <BackLink folder={file.folder_id ?? ROOT} />
        <div className={styles.name}>
          <h1 className={styles.title} dir="auto">
            {titleOf(file)}
          </h1>
          <p className={styles.facts}>{factsOf(file).join(' · ')}</p>
        </div>
        <ButtonLink href={file.download_url} download className={styles.download}>
          <Download size={18} aria-hidden="true" />
          <span>Download</span>
        </ButtonLink>
      </header>
      {children}
    </main>
  )
}

/** Back to the folder that a file lies in; 0 = the root. */
export function BackLink({ folder }: { folder: number }) {
  const look = buttonClass({}, styles.back)
  const inside = <ArrowLeft size={20} aria-label="Back to the library" />
  return folder === ROOT ? (
    <Link to={paths.library} className={look}>
      {inside}
    </Link>
  ) : (
    <Link to={paths.folder} params={{ folderId: folder }} className={look}>
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

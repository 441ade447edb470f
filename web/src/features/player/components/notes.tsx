import { X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { Button, IconButton } from '@/components/ui/button'
import { errorWords } from '@/lib/error-words'
import { formatTime } from '@/lib/format'
import type { MediaFile } from '@/lib/media-file'
import type { Verdict } from '../core/verdict'
import { verdictWords } from '../core/words'
import { DownloadLink } from './download-link'
import styles from './notes.module.css'

/** Says that the film goes on where it was left. Goes away by itself. */
export function ResumeNote({ from, onRestart }: { from: number; onRestart: () => void }) {
  const [shown, setShown] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setShown(false), 8_000)
    return () => clearTimeout(timer)
  }, [])
  if (!shown) return null
  return (
    <Note>
      <span>Resumed at {formatTime(from)}</span>
      <Button
        onClick={() => {
          onRestart()
          setShown(false)
        }}
      >
        Start over
      </Button>
    </Note>
  )
}

/** Says what keeps the film, and that trying goes on. */
export function RetryNote({ why }: { why: unknown }) {
  return <Note>{errorWords(why).title}. The film goes on from here by itself.</Note>
}

/** Says what is missing of a film that plays by half. */
export function VerdictNote({
  verdict,
  file,
  onClose,
}: {
  verdict: Verdict
  file: MediaFile
  onClose: () => void
}) {
  const { title, text } = verdictWords[verdict]
  return (
    <Note>
      <p className={styles.text}>
        <b>{title}.</b> {text}
      </p>
      <DownloadLink file={file}>Download</DownloadLink>
      <IconButton label="Close" onClick={onClose}>
        <X size={18} />
      </IconButton>
    </Note>
  )
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div role="status" className={styles.note}>
      {children}
    </div>
  )
}

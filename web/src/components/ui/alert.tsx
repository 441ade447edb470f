import { X } from 'lucide-react'
import { createPortal } from 'react-dom'
import { errorWords } from '@/lib/error-words'
import styles from './alert.module.css'
import { IconButton } from './button'

/** Says that something a person did failed, wherever they are now. */
export function Alert({ error, onClose }: { error: unknown; onClose: () => void }) {
  const { title, next } = errorWords(error)
  return createPortal(
    <div role="alert" className={styles.alert}>
      <p>
        <b>{title}.</b> {next}
      </p>
      <IconButton label="Close" onClick={onClose}>
        <X size={18} aria-hidden="true" />
      </IconButton>
    </div>,
    document.body,
  )
}

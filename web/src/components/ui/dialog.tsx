import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import styles from './dialog.module.css'

interface DialogProps {
  title: string
  onClose: () => void
  /** The buttons at the bottom. */
  actions: ReactNode
  children?: ReactNode
  /** Given: the content is a form, and Enter submits it. */
  onSubmit?: () => void
}

/**
 * A modal dialog while it is mounted. The browser's own dialog keeps the focus inside
 * and closes on Esc; afterwards the focus is where it was.
 */
export function Dialog({ title, onClose, actions, children, onSubmit }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  const [opener] = useState(() => document.activeElement)

  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      // The browser gives the focus back only to what opened a dialog that is still there.
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [opener])

  const inside = (
    <>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      {children}
      <div className={styles.actions}>{actions}</div>
    </>
  )
  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === ref.current && outside(ref.current, event)) onClose()
      }}
    >
      {onSubmit ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            onSubmit()
          }}
        >
          {inside}
        </form>
      ) : (
        inside
      )}
    </dialog>
  )
}

/** True of a press on the backdrop, which is part of the dialog but not of its box. */
function outside(dialog: HTMLElement, at: { clientX: number; clientY: number }): boolean {
  const box = dialog.getBoundingClientRect()
  return (
    at.clientX < box.left ||
    at.clientX > box.right ||
    at.clientY < box.top ||
    at.clientY > box.bottom
  )
}

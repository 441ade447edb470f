import { useId, type InputHTMLAttributes } from 'react'
import styles from './field.module.css'

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string
  error?: string
}

/** One line of text with its label, and what is wrong with it. */
export function Field({ label, error, ...rest }: FieldProps) {
  const id = useId()
  return (
    <label className={styles.field}>
      <span className={styles.label}>{label}</span>
      <input
        dir="auto"
        autoComplete="off"
        {...rest}
        className={styles.input}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : id}
      />
      {error !== undefined && (
        <span id={id} role="alert" className={styles.error}>
          {error}
        </span>
      )}
    </label>
  )
}

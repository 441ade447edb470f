import styles from './skeleton.module.css'

/** The shape of something that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div aria-hidden="true" className={[styles.skeleton, className].filter(Boolean).join(' ')} />
  )
}

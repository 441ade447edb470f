import { useEffect, useEffectEvent, useRef } from 'react'
import { Button } from './button'
import styles from './load-more.module.css'

interface LoadMoreProps {
  busy: boolean
  onMore: () => void
}

/** Asks for more when it comes near the screen, and when pressed. */
export function LoadMore({ busy, onMore }: LoadMoreProps) {
  const ref = useRef<HTMLDivElement>(null)
  const near = useEffectEvent(() => {
    if (!busy) onMore()
  })
  useEffect(() => {
    if (!ref.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) near()
      },
      { rootMargin: '600px' },
    )
    observer.observe(ref.current)
    return () => observer.disconnect()
    // Observed anew after each load: a short page may leave us in sight.
  }, [busy])
  return (
    <div ref={ref} className={styles.more}>
      <Button disabled={busy} onClick={onMore}>
        {busy ? 'Loading …' : 'Load more'}
      </Button>
    </div>
  )
}

import type { ReactNode } from 'react'
import { Logo } from '@/components/ui/logo'
import styles from './entrance.module.css'

/** The page before the library: light on a dark stage. */
export function Entrance({ children }: { children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.brand}>
        <Logo />
      </div>
      <div className={styles.card}>{children}</div>
      <p className={styles.foot}>Your films and music, from your own Telegram channel.</p>
    </main>
  )
}

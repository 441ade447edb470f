import type { Schemas } from '@/lib/api.gen'
import { initialsOf } from '../core/name-of'
import styles from './avatar.module.css'

/** A person's initials on a round of light. */
export function Avatar({ user, large }: { user: Schemas['User']; large?: boolean }) {
  return (
    <span className={large ? styles.large : styles.avatar} aria-hidden="true">
      {initialsOf(user)}
    </span>
  )
}

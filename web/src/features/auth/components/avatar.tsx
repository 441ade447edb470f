import type { Schemas } from '@/lib/api.gen'
import { initialsOf } from '../core/name-of'
import styles from './avatar.module.css'

/** A person's initials on a round of light. */
export function Avatar({ user, large }: { user: Schemas['User']; large?: boolean }) {
  return (
    // A picture and no text: what stands in a button would have to be in its name.
    <span
      className={large ? styles.large : styles.avatar}
      data-initials={initialsOf(user)}
      aria-hidden="true"
    />
  )
}

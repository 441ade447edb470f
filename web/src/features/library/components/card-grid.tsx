import type { KeyboardEvent, ReactNode } from 'react'
import { nextCard } from '../core/grid-keys'
import styles from './card-grid.module.css'

/** A list of cards in rows. Arrows, Home and End go from card to card, Tab through all that can be pressed. */
export function CardGrid({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.grid} aria-label={label} onKeyDown={onKeyDown}>
      {children}
    </ul>
  )
}

function onKeyDown(event: KeyboardEvent<HTMLUListElement>) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-card]')]
  const at = cards.findIndex((card) => card === document.activeElement)
  if (at < 0) return
  const top = cards[0]?.getBoundingClientRect().top
  const columns = cards.filter((card) => card.getBoundingClientRect().top === top).length
  const next = nextCard(event.key, at, columns, cards.length)
  if (next === undefined) return
  event.preventDefault()
  cards[next]?.focus()
}

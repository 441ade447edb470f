import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { Check } from 'lucide-react'
import { IconButton } from './button'
import styles from './menu.module.css'

export interface MenuItem {
  label: string
  icon?: ReactNode
  danger?: boolean
  /** Given: the items are a choice, and this one is taken or not. */
  checked?: boolean
  onSelect: () => void
}

interface MenuProps {
  /** The name of the button that opens it. */
  label: string
  /** What the button shows. */
  children: ReactNode
  items: MenuItem[]
  header?: ReactNode
  className?: string
}

/** A button with a menu. Arrows, Home and End move in it, Esc and Tab close it. */
export function Menu({ label, children, items, header, className }: MenuProps) {
  const [place, setPlace] = useState<{ top: number; right: number }>()
  const button = useRef<HTMLButtonElement>(null)
  const close = (andFocus: boolean) => {
    setPlace(undefined)
    if (andFocus) button.current?.focus()
  }

  return (
    <>
      <IconButton
        ref={button}
        label={label}
        className={className}
        aria-haspopup="menu"
        aria-expanded={place !== undefined}
        onClick={(event) => setPlace(place ? undefined : below(event.currentTarget, items.length))}
      >
        {children}
      </IconButton>
      {place &&
        createPortal(
          <MenuPanel
            {...{ label, items, header, place, close }}
            isButton={(node) => button.current?.contains(node) ?? false}
            follow={() => button.current && setPlace(below(button.current, items.length))}
          />,
          document.body,
        )}
    </>
  )
}

interface PanelProps {
  label: string
  items: MenuItem[]
  header?: ReactNode
  place: { top: number; right: number }
  close: (andFocus: boolean) => void
  isButton: (node: Node) => boolean
  /** Puts the panel back to its button, which moved. */
  follow: () => void
}

function MenuPanel({ label, items, header, place, close, isButton, follow }: PanelProps) {
  const panel = useRef<HTMLDivElement>(null)
  const latest = useRef({ close, isButton, follow })
  useEffect(() => {
    latest.current = { close, isButton, follow }
  })

  useEffect(() => {
    const first = panel.current?.querySelector<HTMLElement>('[aria-checked=true]')
    ;(first ?? rows(panel.current)[0])?.focus({ preventScroll: true })
    const away = (event: Event) => {
      const node = event.target as Node
      if (panel.current?.contains(node) || latest.current.isButton(node)) return
      latest.current.close(false)
    }
    const moved = () => latest.current.follow()
    document.addEventListener('pointerdown', away)
    window.addEventListener('scroll', moved, { capture: true, passive: true })
    window.addEventListener('resize', moved)
    return () => {
      document.removeEventListener('pointerdown', away)
      window.removeEventListener('scroll', moved, { capture: true })
      window.removeEventListener('resize', moved)
    }
  }, [])

  return (
    <div
      ref={panel}
      role="menu"
      aria-label={label}
      className={styles.menu}
      style={place}
      tabIndex={-1}
      onKeyDown={(event) => onKey(event, rows(panel.current), close)}
    >
      {header && <div className={styles.header}>{header}</div>}
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          aria-checked={item.checked}
          tabIndex={-1}
          className={[styles.item, item.danger && styles.danger].filter(Boolean).join(' ')}
          onClick={() => {
            close(true)
            item.onSelect()
          }}
        >
          {item.icon}
          <span className={styles.label}>{item.label}</span>
          {item.checked && <Check size={18} />}
        </button>
      ))}
    </div>
  )
}

/** Under the button, right edges in line; above it where there is no room. */
function below(button: HTMLElement, items: number) {
  const box = button.getBoundingClientRect()
  const height = items * 40 + 60
  const top = box.bottom + 6 + height > window.innerHeight ? box.top - height : box.bottom + 6
  return {
    top: Math.max(8, top),
    right: Math.max(8, document.documentElement.clientWidth - box.right),
  }
}

function rows(panel: HTMLElement | null): HTMLElement[] {
  return [...(panel?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]
}

function onKey(event: KeyboardEvent, all: HTMLElement[], close: (andFocus: boolean) => void) {
  const at = all.indexOf(document.activeElement as HTMLElement)
  const last = all.length - 1
  const targets: Partial<Record<string, number>> = {
    ArrowDown: at === last ? 0 : at + 1,
    ArrowUp: at <= 0 ? last : at - 1,
    Home: 0,
    End: last,
  }
  const target = targets[event.key]
  if (target !== undefined) {
    event.preventDefault()
    all[target]?.focus()
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault()
    event.stopPropagation()
    close(true)
  }
}

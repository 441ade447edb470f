import { useEffect, useEffectEvent } from 'react'
import { type Command, commandOf } from '../core/keymap'

/** Listens for the player's keys, wherever the focus is; they rest in menus, dialogs and text. */
export function useKeys(onCommand: (command: Command) => void) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    if (event.target instanceof Element && takes(event.target, event.key)) return
    const command = commandOf(event.key)
    if (command === undefined) return
    event.preventDefault()
    onCommand(command)
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
}

/** True where a key has a meaning of its own. */
function takes(target: Element, key: string): boolean {
  if (target.closest('[role=menu], dialog, input:not([type=range]), textarea, select')) return true
  if (target.closest('[data-own-arrows]') && key.startsWith('Arrow')) return true
  return key === ' ' && target.closest('button, a, summary') !== null
}

import type { Item } from './item'

/** What a person wants to do, and with what. */
export type Action =
  | { do: 'rename' | 'move' | 'delete'; item: Item }
  /** A new folder in `parent`; 0 = the root. */
  | { do: 'add-folder'; parent: number }

export type OnAction = (action: Action) => void

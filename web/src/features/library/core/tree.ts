import { ROOT } from '@/config/paths'

interface Node {
  id: number
  parent_id: number | null
}

/** The folders directly in one, in the order of the list. */
export function childrenOf<T extends Node>(all: T[], id: number): T[] {
  return all.filter((folder) => (folder.parent_id ?? ROOT) === id)
}

/** The way from the root down to a folder and with it; undefined if it is not in the list. */
export function pathTo<T extends Node>(all: T[], id: number): T[] | undefined {
  const byId = new Map(all.map((folder) => [folder.id, folder]))
  const path: T[] = []
  for (let at = id; at !== ROOT;) {
    const folder = byId.get(at)
    if (folder === undefined || path.includes(folder)) return undefined
    path.unshift(folder)
    at = folder.parent_id ?? ROOT
  }
  return path
}

/** All folders as a tree laid flat, each with its depth, without the branch of `except`. */
export function flatTree<T extends Node>(
  all: T[],
  except?: number,
  from = ROOT,
  depth = 0,
): { folder: T; depth: number }[] {
  return childrenOf(all, from)
    .filter((folder) => folder.id !== except)
    .flatMap((folder) => [{ folder, depth }, ...flatTree(all, except, folder.id, depth + 1)])
}

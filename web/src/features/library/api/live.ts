import { hashKey, type QueryClient } from '@tanstack/react-query'
import type { Schemas } from '@/lib/api.gen'
import { type FilePages, patched, watched } from '../core/patch'
import type { Sort } from '../core/sort'
import { foldersQuery } from './folders'
import { filesKey } from './keys'

/** News that comes together costs one reading … */
const TOGETHER = 150
/** … and news that goes on and on one a second. */
const GOING_ON = 1_000

/** Keeps what the library shows true by the news: patches what it can, reads again what it must. */
export class LiveLibrary {
  private readonly old = new Set<string>()
  private timer?: ReturnType<typeof setTimeout>
  private reading = false

  constructor(private readonly client: QueryClient) {}

  onFile(event: Schemas['FileEvent']): void {
    for (const [key, list] of this.lists()) {
      const [folder, sort] = key.slice(filesKey.length) as [number, Sort]
      const next = list && patched(list, event, folder, sort)
      if (next) this.client.setQueryData(key, next)
      // What is being read may have been read before this.
      if (!next || this.client.isFetching({ queryKey: key, exact: true }))
        this.old.add(hashKey(key))
    }
    // Folders show how many files they hold, and the newest.
    this.onFolder()
  }

  onFolder(): void {
    this.old.add(hashKey(foldersQuery.queryKey))
    this.readSoon(TOGETHER)
  }

  onProgress(progress: Schemas['Progress']): void {
    for (const [key, list] of this.lists())
      if (list) this.client.setQueryData(key, watched(list, progress))
  }

  stop(): void {
    clearTimeout(this.timer)
    this.old.clear()
  }

  private lists() {
    return this.client.getQueriesData<FilePages>({ queryKey: filesKey })
  }

  private readSoon(ms: number): void {
    if (this.reading || this.old.size === 0) return
    this.timer ??= setTimeout(() => void this.read(), ms)
  }

  /** One reading after the other, so that none is broken off by the next. */
  private async read(): Promise<void> {
    const old = new Set(this.old)
    this.old.clear()
    this.reading = true
    await this.client.invalidateQueries({ predicate: (query) => old.has(query.queryHash) })
    this.reading = false
    this.timer = undefined
    this.readSoon(GOING_ON)
  }
}

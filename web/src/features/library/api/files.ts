import { infiniteQueryOptions } from '@tanstack/react-query'
import { call } from '@/lib/http'
import type { Sort } from '../core/sort'
import { filesKey } from './keys'

const PAGE = 60

/** The files directly in a folder, page after page; the cursor stays put while files are added. */
export const filesQuery = (folder: number, sort: Sort) =>
  infiniteQueryOptions({
    queryKey: [...filesKey, folder, sort],
    queryFn: ({ pageParam, signal }) =>
      call('GET /api/files', {
        query: {
          folder_id: folder,
          per_page: PAGE,
          cursor: pageParam,
          sort: sort === 'name' ? 'name' : 'created_at',
          order: sort === 'name' ? 'asc' : 'desc',
        },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

import { queryOptions } from '@tanstack/react-query'
import { call } from '@/lib/http'
import { libraryKey } from './keys'

/** All folders, flat and by name: grid, breadcrumb and "Move to" are made from this one list. */
export const foldersQuery = queryOptions({
  queryKey: [...libraryKey, 'folders'],
  queryFn: ({ signal }) => call('GET /api/folders', { query: { all: '1' }, signal }),
})

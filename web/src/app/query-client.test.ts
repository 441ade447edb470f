import { expect, test } from 'vitest'
import { foldersQuery } from '@/features/library/api/folders'
import { makeQueryClient } from './query-client'

test('the library is kept for an evening, so that Back from a film finds its place', () => {
  const { gcTime } = makeQueryClient().getQueryDefaults(foldersQuery.queryKey)
  expect(gcTime).toBeGreaterThan(3 * 3_600_000)
})

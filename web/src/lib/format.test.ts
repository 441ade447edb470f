import { expect, test } from 'vitest'
import { formatDay, formatSize, formatTime, plural, spokenTime } from './format'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 KB'],
  [1_500_000, '1.5 MB'],
  [734_003_200, '734 MB'],
  [4_294_967_295, '4.3 GB'],
])('%d bytes are %s', (bytes, said) => expect(formatSize(bytes)).toBe(said))

test.each([
  [-1, '0:00'],
  [5.9, '0:05'],
  [65, '1:05'],
  [3725, '1:02:05'],
])('%d seconds are %s', (seconds, said) => expect(formatTime(seconds)).toBe(said))

test.each([
  [0, '0 seconds'],
  [61, '1 minute 1 second'],
  [7200, '2 hours'],
])('%d seconds are spoken as %s', (seconds, said) => expect(spokenTime(seconds)).toBe(said))

test('counts', () => {
  expect(plural(1, 'file')).toBe('1 file')
  expect(plural(1200, 'file')).toBe('1,200 files')
})

test('days', () => {
  const now = new Date(2026, 4, 3, 12)
  const at = (...day: [number, number, number]) =>
    formatDay(new Date(...day, 23).toISOString(), now)
  expect(at(2026, 4, 3)).toBe('today')
  expect(at(2026, 4, 2)).toBe('yesterday')
  expect(at(2026, 3, 30)).toBe('30 Apr')
  expect(at(2024, 3, 30)).toBe('30 Apr 2024')
})

import { expect, test } from 'vitest'
import { deviceName } from './device-name'
import { linkKey } from './link-key'
import { initialsOf, nameOf } from './name-of'
import { safeReturn } from './return-to'

test.each([
  ['/', '/'],
  ['/folder/5?sort=name', '/folder/5?sort=name'],
  ['/watch/7', '/watch/7'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/login?next=/login', '/'],
  ['/auth', '/'],
  ['/authors', '/authors'],
  [undefined, '/'],
  [5, '/'],
])('%o leads back to %s', (next, to) => expect(safeReturn(next)).toBe(to))

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  ['curl/8.0', 'Browser'],
])('%s is %s', (agent, name) => expect(deviceName(agent)).toBe(name))

test('the key of a link', () => {
  expect(linkKey('#k=abc_-1')).toBe('abc_-1')
  expect(linkKey('k=abc')).toBe('abc')
  expect(linkKey('#other')).toBeUndefined()
  expect(linkKey('')).toBeUndefined()
})

test('names', () => {
  const ada = { first_name: 'Ada', last_name: 'Lovelace', username: 'ada' }
  expect(nameOf(ada)).toBe('Ada Lovelace')
  expect(initialsOf(ada)).toBe('AL')
  expect(nameOf({ ...ada, first_name: null, last_name: null })).toBe('ada')
  expect(nameOf({ first_name: null, last_name: null, username: null })).toBe('you')
})

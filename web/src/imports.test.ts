import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

// One way: lib, config → components/ui → features → app. Nothing looks back, no feature
// knows another, and a file is imported from where it stands.

const src = import.meta.dirname
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith('testing'),
)

/** The room of a file: lib, config, components/ui, features/NAME or app. */
function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  return top === 'features' || top === 'components' ? `${top}/${second}` : top
}

const levels = ['config', 'lib', 'components/ui', 'features', 'app']

function levelOf(room: string): number {
  return levels.indexOf(room.startsWith('features/') ? 'features' : room)
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8')
  return [...text.matchAll(/(?:from |import |import\()'((?:@|\.{1,2})\/[^']+)'/g)].map(
    ([, to = '']) =>
      to.startsWith('@/') ? to.slice(2) : relative(src, join(src, dirname(file), to)),
  )
}

test.each(files)('%s imports downwards only', (file) => {
  const room = roomOf(file)
  expect(levelOf(room), `${room} is no room`).toBeGreaterThanOrEqual(0)
  for (const to of importsOf(file)) {
    const other = roomOf(to)
    if (other === room) continue
    expect(levelOf(other), `${file} imports ${to}`).toBeGreaterThanOrEqual(0)
    expect(levelOf(other), `${file} imports ${to}`).toBeLessThan(levelOf(room))
  }
})

test('no barrel files', () => {
  expect(files.filter((file) => /(^|\/)index\.tsx?$/.test(file))).toEqual([])
  const passing = files.filter((file) =>
    /^export .* from '/m.test(readFileSync(join(src, file), 'utf8')),
  )
  expect(passing).toEqual([])
})

test('nothing is kept where scripts can read it', () => {
  const kept = files.filter((file) =>
    /(local|session)Storage/.test(readFileSync(join(src, file), 'utf8')),
  )
  expect(kept).toEqual([])
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the types are those of the contract; if not, run `npm run gen`', () => {
  const web = join(import.meta.dirname, '../..')
  const dir = mkdtempSync(join(tmpdir(), 'api-types-'))
  const made = join(dir, 'api.gen.ts')
  execFileSync('node', ['scripts/api-types.mjs', '../node/api/openapi.json', made], { cwd: web })
  const text = readFileSync(made, 'utf8')
  rmSync(dir, { recursive: true })
  expect(readFileSync(join(import.meta.dirname, 'api.gen.ts'), 'utf8')).toBe(text)
})

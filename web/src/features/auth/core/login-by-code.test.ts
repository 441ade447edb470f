import { expect, test } from 'vitest'
import { ApiError } from '@/lib/api-error'
import { aCode, anAuth } from '@/testing/fixtures'
import { loginByCode, type LoginState, type LoginWorld } from './login-by-code'

const pending = { status: 'pending', interval: 5 } as const
const away = new ApiError(0, 'unreachable', '')
const refused = new ApiError(410, 'access_denied', '')
const ended = new ApiError(410, 'code_expired', '')
const tooFast = new ApiError(429, 'slow_down', '')

/** A world whose server gives these answers, and whose clock only pauses move. */
function worldOf(codes: unknown[], answers: unknown[]) {
  const steps: string[] = []
  const pauses: number[] = []
  let time = 0
  const next = (list: unknown[]) => {
    const answer = list.shift()
    if (answer instanceof Error || answer instanceof DOMException) return Promise.reject(answer)
    if (answer === undefined) return Promise.reject(new Error('the test has no more answers'))
    return Promise.resolve(answer)
  }
  const world: LoginWorld = {
    generate: () => next(codes) as ReturnType<LoginWorld['generate']>,
    verify: () => next(answers) as ReturnType<LoginWorld['verify']>,
    pause: (ms) => {
      time += ms
      pauses.push(ms)
      return Promise.resolve()
    },
    visible: () => {
      steps.push('(somebody looks)')
      return Promise.resolve()
    },
    now: () => time,
  }
  const show = (state: LoginState) =>
    steps.push(state.step === 'waiting' && state.away ? 'waiting, away' : state.step)
  return { steps, pauses, login: () => loginByCode(world, show) }
}

test('confirmed', async () => {
  const { login, steps } = worldOf([aCode], [pending, anAuth])
  expect(await login()).toBe(anAuth)
  expect(steps).toEqual(['starting', 'waiting', 'waiting'])
})

test('refused: it ends there, and the person decides', async () => {
  const { login, steps } = worldOf([aCode], [refused])
  expect(await login()).toBeUndefined()
  expect(steps).toEqual(['starting', 'waiting', 'refused'])
})

test('ended by the server: a new code when somebody looks', async () => {
  const { login, steps } = worldOf([aCode, aCode], [ended, anAuth])
  expect(await login()).toBe(anAuth)
  expect(steps).toEqual(['starting', 'waiting', 'expired', '(somebody looks)', 'waiting'])
})

test('ended by our clock: a new code', async () => {
  const short = { ...aCode, expires_in: 8 }
  const { login, steps } = worldOf([short, aCode], [pending, pending, anAuth])
  expect(await login()).toBe(anAuth)
  expect(steps).toContain('expired')
})

test('a server that answers at once is asked at its interval', async () => {
  const { login, pauses } = worldOf([aCode], [pending, pending, anAuth])
  await login()
  expect(pauses).toEqual([5_000, 5_000])
})

test('asked too fast: 5 s more each time', async () => {
  const { login, pauses } = worldOf([aCode], [tooFast, tooFast, anAuth])
  await login()
  expect(pauses).toEqual([10_000, 15_000])
})

test('the server goes away while a code is shown, and comes back', async () => {
  const { login, steps, pauses } = worldOf([aCode], [away, away, pending, anAuth])
  expect(await login()).toBe(anAuth)
  expect(steps).toEqual(['starting', 'waiting', 'waiting, away', 'waiting, away', 'waiting'])
  expect(pauses).toEqual([1_000, 2_000, 5_000])
})

test('no server at the start: tries until there is one', async () => {
  const { login, steps, pauses } = worldOf([away, away, aCode], [anAuth])
  expect(await login()).toBe(anAuth)
  expect(steps).toEqual(['starting', 'away', 'away', 'waiting'])
  expect(pauses).toEqual([1_000, 2_000])
})

test('too many codes: waits as long as the server says', async () => {
  const limited = new ApiError(429, 'rate_limited', '', undefined, 600)
  const { login, steps, pauses } = worldOf([limited, aCode], [anAuth])
  expect(await login()).toBe(anAuth)
  expect(steps).toEqual(['starting', 'limited', 'waiting'])
  expect(pauses).toEqual([600_000])
})

test('leaving the page ends it', async () => {
  const { login } = worldOf([aCode], [new DOMException('left', 'AbortError')])
  await expect(login()).rejects.toThrow('left')
})

import type { Schemas } from '@/lib/api.gen'
import { ApiError, isTransient } from '@/lib/api-error'

type Code = Schemas['Code']
type Auth = Schemas['Auth']

/** What the login page shows. */
export type LoginState =
  | { step: 'starting' }
  /** until: when the code ends, by our clock. away: the server stopped answering. */
  | { step: 'waiting'; code: Code; until: number; away: boolean }
  /** The person said "not me", or tapped a wrong number. */
  | { step: 'refused' }
  /** The code ended while nobody looked; another comes when somebody does. */
  | { step: 'expired' }
  /** Too many codes from here; another try follows at `until`. */
  | { step: 'limited'; until: number }
  | { step: 'away' }

/** What the conversation needs of the world. All of it gives up by throwing when the page is left. */
export interface LoginWorld {
  generate: () => Promise<Code>
  verify: (deviceCode: string) => Promise<Auth | Schemas['Pending']>
  pause: (ms: number) => Promise<void>
  /** Resolves when somebody can see the page. */
  visible: () => Promise<void>
  now: () => number
}

const LONGEST_PAUSE = 8_000

/**
 * Shows a code, and another one when it ends, until a login or a refusal: then it
 * resolves with the login, or with undefined.
 */
export async function loginByCode(
  world: LoginWorld,
  show: (state: LoginState) => void,
): Promise<Auth | undefined> {
  show({ step: 'starting' })
  for (;;) {
    const code = await newCode(world, show)
    const end = await confirm(world, show, code)
    if (end === 'refused') {
      show({ step: 'refused' })
      return undefined
    }
    if (end !== 'expired') return end
    show({ step: 'expired' })
    await world.visible()
  }
}

async function newCode(world: LoginWorld, show: (state: LoginState) => void): Promise<Code> {
  for (let pause = 1_000; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await world.generate()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status === 429) {
        const wait = (error.retryAfter ?? 60) * 1_000
        show({ step: 'limited', until: world.now() + wait })
        await world.pause(wait)
      } else {
        show({ step: 'away' })
        await world.pause(pause)
      }
    }
  }
}

async function confirm(
  world: LoginWorld,
  show: (state: LoginState) => void,
  code: Code,
): Promise<Auth | 'refused' | 'expired'> {
  const until = world.now() + code.expires_in * 1_000
  const waiting = (away: boolean) => show({ step: 'waiting', code, until, away })
  let interval = code.interval * 1_000
  let pause = 1_000
  waiting(false)
  while (world.now() < until) {
    const asked = world.now()
    try {
      const answer = await world.verify(code.device_code ?? '')
      if ('access_token' in answer) return answer
      waiting(false)
      pause = 1_000
      // A server that holds the question paces us; one that answers at once does not.
      if (world.now() - asked < interval) await world.pause(interval)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.code === 'access_denied') return 'refused'
      if (error.status === 429) {
        interval += 5_000
        await world.pause(Math.max(interval, (error.retryAfter ?? 0) * 1_000))
      } else if (isTransient(error)) {
        waiting(true)
        await world.pause(pause)
        pause = Math.min(pause * 2, LONGEST_PAUSE)
      } else return 'expired'
    }
  }
  return 'expired'
}

import { useEffect, useEffectEvent, useState } from 'react'
import type { Schemas } from '@/lib/api.gen'
import { pause } from '@/lib/pause'
import { generateCode } from '../api/generate-code'
import { verifyCode } from '../api/verify-code'
import { deviceName } from '../core/device-name'
import { loginByCode, type LoginState } from '../core/login-by-code'

/** Runs the login by code while the page is there; `again` begins anew after a refusal. */
export function useLoginByCode(onLogin: (auth: Schemas['Auth']) => void) {
  const [state, setState] = useState<LoginState>({ step: 'starting' })
  const [run, setRun] = useState(0)
  const loggedIn = useEffectEvent(onLogin)

  useEffect(() => {
    const left = new AbortController()
    const { signal } = left
    const world = {
      generate: () => generateCode(deviceName(navigator.userAgent), signal),
      verify: (deviceCode: string) => verifyCode(deviceCode, signal),
      pause: (ms: number) => pause(ms, signal),
      visible: () => visible(signal),
      now: () => Date.now(),
    }
    loginByCode(world, (next) => {
      if (!signal.aborted) setState(next)
    }).then(
      (auth) => {
        if (auth && !signal.aborted) loggedIn(auth)
      },
      () => undefined, // the page was left
    )
    return () => left.abort()
  }, [run])

  return { state, again: () => setRun((n) => n + 1) }
}

function visible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (document.hidden)
      document.addEventListener('visibilitychange', () => resolve(), { once: true, signal })
    else resolve()
  })
}

import { useEffect, useState } from 'react'

/** True when nobody has moved, pressed or typed for `ms`, while `on`. */
export function useIdle(on: boolean, ms: number): boolean {
  const [idle, setIdle] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const wake = () => {
      setIdle(false)
      clearTimeout(timer)
      if (on) timer = setTimeout(() => setIdle(true), ms)
    }
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const
    for (const type of events) document.addEventListener(type, wake)
    if (on) timer = setTimeout(() => setIdle(true), ms)
    return () => {
      clearTimeout(timer)
      for (const type of events) document.removeEventListener(type, wake)
    }
  }, [on, ms])
  return on && idle
}

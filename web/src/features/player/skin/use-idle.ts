import { type SyntheticEvent, useEffect, useRef, useState } from 'react'

/**
 * Idle when nobody has moved, pressed or typed for `ms`, while `on`. The touch that wakes
 * does nothing else: `waking` are the handlers that keep it from what lies under the finger.
 */
export function useIdle(on: boolean, ms: number) {
  const [still, setStill] = useState(false)
  const woke = useRef(false)
  const idle = on && still
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const wake = () => {
      setStill(false)
      clearTimeout(timer)
      if (on) timer = setTimeout(() => setStill(true), ms)
    }
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const
    for (const type of events) document.addEventListener(type, wake)
    if (on) timer = setTimeout(() => setStill(true), ms)
    return () => {
      clearTimeout(timer)
      for (const type of events) document.removeEventListener(type, wake)
    }
  }, [on, ms])

  const waking = {
    onPointerDownCapture: (event: { pointerType: string }) => {
      woke.current = idle && event.pointerType === 'touch'
    },
    onClickCapture: (event: SyntheticEvent) => {
      if (!woke.current) return
      event.preventDefault()
      event.stopPropagation()
    },
  }
  return { idle, waking }
}

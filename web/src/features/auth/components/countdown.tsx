import { useEffect, useState } from 'react'
import { formatTime } from '@/lib/format'

/** The time left until `until`, each second. */
export function Countdown({ until }: { until: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return <time role="timer">{formatTime(Math.ceil((until - now) / 1_000))}</time>
}

import { Smartphone, ShieldX, TimerReset, Unplug } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { CodePanel, CodeSkeleton } from './code-panel'
import { Countdown } from './countdown'
import { Entrance } from './entrance'
import { useEnter } from './use-enter'
import { useLoginByCode } from './use-login-by-code'

/** Login by a code that the bot confirms. `next` is the screen to come back to. */
export function LoginPage({ next }: { next?: string }) {
  const { state, again } = useLoginByCode(useEnter(next))
  return (
    <Entrance>
      {state.step === 'starting' && <CodeSkeleton />}
      {state.step === 'waiting' && <CodePanel {...state} />}
      {state.step === 'refused' && (
        <Notice
          role="alert"
          icon={<ShieldX size={30} />}
          title="The login was refused"
          actions={
            <Button look="primary" onClick={again}>
              Show a new code
            </Button>
          }
        >
          Somebody tapped “Not me” or another number in Telegram. If that was a slip, take a new
          code; the server may make you wait ten minutes for it.
        </Notice>
      )}
      {state.step === 'expired' && (
        <Notice role="status" icon={<TimerReset size={30} />} title="The code has ended">
          A new one is on its way.
        </Notice>
      )}
      {state.step === 'limited' && (
        <Notice role="status" icon={<Smartphone size={30} />} title="Too many codes from here">
          The next one comes by itself in <Countdown until={state.until} />.
        </Notice>
      )}
      {state.step === 'away' && (
        <Notice role="alert" icon={<Unplug size={30} />} title="TelePlay does not answer">
          Is the server running, and are you on its network? The code appears as soon as it is back.
        </Notice>
      )}
    </Entrance>
  )
}

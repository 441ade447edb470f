import { Send } from 'lucide-react'
import { ButtonLink } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import type { Schemas } from '@/lib/api.gen'
import { Countdown } from './countdown'
import styles from './code-panel.module.css'
import { QrCode } from './qr-code'

interface CodePanelProps {
  code: Schemas['Code']
  until: number
  away: boolean
}

/** The code, the ways to the bot, and the number that the bot will ask for. */
export function CodePanel({ code, until, away }: CodePanelProps) {
  const bot = code.bot_username ? `@${code.bot_username}` : 'the bot'
  return (
    <div className={styles.panel}>
      <div className={styles.words}>
        <h1 className={styles.title}>Log in with Telegram</h1>
        <ol className={styles.steps}>
          <li>
            <p>
              Scan the picture, open Telegram here, or send {bot}{' '}
              <span className={styles.command}>/login {code.code}</span>
            </p>
            <p className={styles.code} aria-label={`Code ${code.code.split('').join(' ')}`}>
              <span>{code.code.slice(0, 3)}</span>
              <span>{code.code.slice(3)}</span>
            </p>
          </li>
          {code.match && (
            <li className={styles.matching}>
              <p>The bot asks which number stands here. Tap</p>
              <strong className={styles.match} data-testid="match">
                {code.match}
              </strong>
            </li>
          )}
        </ol>
        <p className={styles.state} role="status">
          <span className={away ? styles.lost : styles.pulse} aria-hidden="true" />
          {away ? 'The server does not answer; trying again' : 'Waiting for you in Telegram'}
        </p>
        <p className={styles.time}>
          New code in <Countdown until={until} />
        </p>
      </div>
      {code.link && (
        <div className={styles.side}>
          <QrCode text={code.link} label={`QR code that opens ${bot}`} />
          <ButtonLink look="primary" large href={code.link} target="_blank" rel="noreferrer">
            <Send size={18} aria-hidden="true" />
            Open Telegram
          </ButtonLink>
        </div>
      )}
    </div>
  )
}

/** The panel's shape until the code is there. */
export function CodeSkeleton() {
  return (
    <div className={styles.panel} aria-busy="true" aria-label="Getting a code">
      <div className={styles.words}>
        <h1 className={styles.title}>Log in with Telegram</h1>
        <Skeleton className={styles.blankCode} />
        <Skeleton className={styles.blankLine} />
      </div>
      <div className={styles.side}>
        <Skeleton className={styles.blankQr} />
      </div>
    </div>
  )
}

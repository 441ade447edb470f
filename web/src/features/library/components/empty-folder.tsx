import { useQuery } from '@tanstack/react-query'
import { FolderOpen, Popcorn, Send } from 'lucide-react'
import { ButtonLink } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { botInfoQuery } from '../api/bot-info'

/** Nothing here yet, and how something gets here. */
export function EmptyFolder({ root }: { root: boolean }) {
  const bot = useQuery(botInfoQuery).data
  const name = bot ? `@${bot.username}` : 'the bot'
  return (
    <Notice
      icon={root ? <Popcorn size={30} /> : <FolderOpen size={30} />}
      title={root ? 'Your library is empty' : 'Nothing in this folder yet'}
      actions={
        bot && (
          <ButtonLink
            look="primary"
            href={`https://t.me/${bot.username}`}
            target="_blank"
            rel="noreferrer"
          >
            <Send size={18} aria-hidden="true" />
            Open {name}
          </ButtonLink>
        )
      }
    >
      {root
        ? `Send a film, a song or any file to ${name} in Telegram. It appears here by itself.`
        : `Send a file to ${name}, then move it here from the library.`}
    </Notice>
  )
}

import type { Trouble } from './recovery'
import type { Verdict } from './verdict'

interface Words {
  title: string
  text: string
}

/** What a person reads when a film cannot go on. */
export const troubleWords: Record<Trouble, Words> = {
  'cannot-decode': {
    title: 'This browser cannot play this file',
    text: 'It has no decoder for its format. Download it and open it in a player such as VLC.',
  },
  gone: {
    title: 'This file is not here any more',
    text: 'It may have been moved to the trash.',
  },
  missing: {
    title: 'The stored copy of this file is gone',
    text: 'It was deleted in Telegram. Send the file to the bot again.',
  },
}

/** What a person reads when a film plays by half. */
export const verdictWords: Record<Verdict, Words> = {
  'no-picture': {
    title: 'No picture',
    text: 'This browser has no decoder for the picture of this film. Download it and open it in a player such as VLC.',
  },
  'no-sound': {
    title: 'No sound',
    text: 'This file has no sound, or a sound format such as AC-3 or DTS that this browser cannot decode. A player such as VLC can.',
  },
}

import { ApiError } from './api-error'

/** What a person reads: what happened, what comes next, and the id that finds it in the log. */
export interface ErrorWords {
  title: string
  next: string
  requestId?: string
}

/** Plain words for any failure of a call. */
export function errorWords(error: unknown): ErrorWords {
  if (!(error instanceof ApiError))
    return { title: 'Something went wrong', next: 'Try again; if it stays, reload the page.' }
  return { ...words(error), requestId: error.requestId }
}

function words(error: ApiError): ErrorWords {
  switch (error.code) {
    case 'unreachable':
      return { title: 'TelePlay does not answer', next: 'Check your connection, then try again.' }
    case 'upstream_busy':
      return {
        title: 'Telegram asks us to slow down',
        next: `Try again in ${error.retryAfter ?? 10} seconds.`,
      }
    case 'upstream_timeout':
      return { title: 'Telegram does not answer', next: 'Try again in a moment.' }
    case 'rate_limited':
    case 'slow_down':
      return {
        title: 'That was a lot at once',
        next: `Try again in ${error.retryAfter ?? 60} seconds.`,
      }
    case 'name_taken':
      return { title: 'There is a folder with this name already', next: 'Choose another name.' }
    case 'folder_cycle':
      return { title: 'A folder cannot go into itself', next: 'Choose another place.' }
    case 'file_missing':
      return {
        title: 'The stored copy of this file is gone',
        next: 'It was deleted in Telegram. Send the file to the bot again.',
      }
    case 'not_found':
      return { title: 'It is not here any more', next: 'It may have been moved or deleted.' }
  }
  if (error.status >= 500)
    return { title: 'TelePlay has a problem', next: 'Try again in a moment.' }
  return { title: 'That did not work', next: error.detail }
}

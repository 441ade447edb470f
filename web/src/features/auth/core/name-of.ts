import type { Schemas } from '@/lib/api.gen'

type Named = Pick<Schemas['User'], 'first_name' | 'last_name' | 'username'>

/** What to call a person: the name, else the Telegram name. */
export function nameOf(user: Named): string {
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ')
  return name === '' ? (user.username ?? 'you') : name
}

/** One or two letters for a picture that we do not have. */
export function initialsOf(user: Named): string {
  const letters = nameOf(user)
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? '')
  return letters.slice(0, 2).join('').toUpperCase()
}

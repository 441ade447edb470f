/** The screen to come back to after a login: a path of this app, and nothing else. */
export function safeReturn(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next)) return '/'
  // A browser drops control characters, and "/\t/evil" would become "//evil".
  if (/\p{Cc}/u.test(next)) return '/'
  return /^\/(login|auth)(?![\w-])/.test(next) ? '/' : next
}

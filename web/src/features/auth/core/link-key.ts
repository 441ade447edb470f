/** The one-time key in the fragment of the bot's link: "#k=KEY" → "KEY". */
export function linkKey(hash: string): string | undefined {
  return new URLSearchParams(hash.replace(/^#/, '')).get('k') ?? undefined
}

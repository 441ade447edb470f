/** What the player can be told to do. */
export type Command =
  | { do: 'toggle' | 'mute' | 'fullscreen' }
  /** Seconds, back if negative. */
  | { do: 'skip'; by: number }
  /** A part of the whole, 0 to 1. */
  | { do: 'jump'; to: number }
  /** Steps of volume or speed. */
  | { do: 'volume' | 'speed'; by: number }

const keys: Partial<Record<string, Command>> = {
  ' ': { do: 'toggle' },
  k: { do: 'toggle' },
  j: { do: 'skip', by: -10 },
  l: { do: 'skip', by: 10 },
  ArrowLeft: { do: 'skip', by: -5 },
  ArrowRight: { do: 'skip', by: 5 },
  ArrowUp: { do: 'volume', by: 0.1 },
  ArrowDown: { do: 'volume', by: -0.1 },
  m: { do: 'mute' },
  f: { do: 'fullscreen' },
  '<': { do: 'speed', by: -1 },
  '>': { do: 'speed', by: 1 },
}

/** The command of a key, or undefined. */
export function commandOf(key: string): Command | undefined {
  if (/^\d$/.test(key)) return { do: 'jump', to: Number(key) / 10 }
  return keys[key] ?? keys[key.toLowerCase()]
}

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]

/** The speed `by` steps away. */
export function nextSpeed(now: number, by: number): number {
  const at = speeds.indexOf(now)
  return speeds[Math.min(speeds.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))] ?? 1
}

import { Clapperboard, FileText, Image, Music } from 'lucide-react'

const icons = { video: Clapperboard, audio: Music, image: Image, document: FileText }

/** The picture of a kind of file. */
export function KindIcon({ kind, size }: { kind: keyof typeof icons; size: number }) {
  const Icon = icons[kind]
  return <Icon size={size} strokeWidth={1.6} aria-hidden="true" />
}

import type { CSSProperties, ReactNode } from 'react'
import { usePicture } from '@/lib/use-picture'
import styles from './poster.module.css'

interface PosterProps {
  /** Path of the thumbnail, without a query; null = there is none. */
  src: string | null
  /** A tiny picture as a data: URL, painted before any request. */
  placeholder: string | null
  /** Stands where no picture is. */
  icon: ReactNode
  /** Any number; things with the same one get the same colours. */
  seed: number
  /** How wide it is shown, as in the sizes attribute. */
  sizes: string
}

/** A picture that fades in over its blurred placeholder, or over a colour of its own. */
export function Poster({ src, placeholder, icon, seed, sizes }: PosterProps) {
  const { there, failed, key, onLoad, onError } = usePicture(src)
  const hue = { '--hue': String((seed * 47) % 360) } as CSSProperties
  return (
    <div className={styles.poster} style={hue}>
      {(src === null || failed) && <div className={styles.icon}>{icon}</div>}
      {placeholder !== null && <img className={styles.placeholder} src={placeholder} alt="" />}
      {src !== null && !failed && (
        <img
          key={key}
          className={there ? `${styles.picture ?? ''} ${styles.there ?? ''}` : styles.picture}
          src={`${src}?w=640`}
          srcSet={[160, 320, 640].map((w) => `${src}?w=${w} ${w}w`).join(', ')}
          sizes={sizes}
          alt=""
          loading="lazy"
          decoding="async"
          onLoad={onLoad}
          onError={onError}
        />
      )}
    </div>
  )
}

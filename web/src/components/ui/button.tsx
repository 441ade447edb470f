import type { ComponentProps } from 'react'
import styles from './button.module.css'

interface Look {
  look?: 'primary' | 'quiet' | 'danger'
  large?: boolean
}

/** A button in words. */
export function Button({ look, large, className, ...rest }: Look & ComponentProps<'button'>) {
  return <button type="button" {...rest} className={buttonClass({ look, large }, className)} />
}

/** A link outside the app, or to a file, that looks like a button. */
export function ButtonLink({ look, large, className, ...rest }: Look & ComponentProps<'a'>) {
  return <a {...rest} className={buttonClass({ look, large }, className)} />
}

/** A round button that shows an icon; its name is for those who cannot see it. */
export function IconButton({
  label,
  className,
  ...rest
}: { label: string } & ComponentProps<'button'>) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={[styles.icon, className].filter(Boolean).join(' ')}
    />
  )
}

/** The class of a button, for links that the router makes. */
export function buttonClass({ look = 'quiet', large }: Look, more?: string): string {
  return [styles.button, styles[look], large && styles.large, more].filter(Boolean).join(' ')
}

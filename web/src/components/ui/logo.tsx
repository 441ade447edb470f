import styles from './logo.module.css'

/** The mark and the name. */
export function Logo() {
  return (
    <span className={styles.logo}>
      <img src="/favicon.svg" alt="" width={30} height={30} />
      TelePlay
    </span>
  )
}

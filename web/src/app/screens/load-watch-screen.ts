/** The player and all that belongs to it, which the library does not need at its start. */
export const loadWatchScreen = () => import('./watch-screen')

/** Where the screens are. Features link to each other by these words alone. */
export const paths = {
  library: '/',
  folder: '/folder/$folderId',
  watch: '/watch/$fileId',
  login: '/login',
  link: '/auth',
} as const

/** The root of a library: the id that a folder never has. */
export const ROOT = 0

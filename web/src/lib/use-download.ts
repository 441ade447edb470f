import { useMutation } from '@tanstack/react-query'
import { probe } from './http'

/**
 * Downloads a file, once it is known that the server has it: what it says against it would
 * take the place of the page, and a login that has ended is renewed first.
 */
export function useDownload() {
  return useMutation({
    mutationFn: (url: string) => probe(url),
    onSuccess: (_, url) => {
      const link = document.createElement('a')
      link.href = url
      link.download = ''
      link.click()
    },
  })
}

import { useMutation } from '@tanstack/react-query'
import { isSignedOut } from '@/lib/api-error'
import { call } from '@/lib/http'

/** Ends this session. One that is dead already counts as ended. */
export function useLogout(onDone: () => void) {
  return useMutation({
    mutationFn: async () => {
      try {
        await call('POST /api/auth/logout', {})
      } catch (error) {
        if (!isSignedOut(error)) throw error
      }
    },
    onSuccess: onDone,
  })
}

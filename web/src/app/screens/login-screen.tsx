import { getRouteApi } from '@tanstack/react-router'
import { paths } from '@/config/paths'
import { LoginPage } from '@/features/auth/components/login-page'

const route = getRouteApi(paths.login)

export function LoginScreen() {
  return <LoginPage next={route.useSearch().next} />
}

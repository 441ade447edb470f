import { getRouteApi } from '@tanstack/react-router'
import { WatchPage } from '@/features/player/components/watch-page'

const route = getRouteApi('/member/watch/$fileId')

export function WatchScreen() {
  return <WatchPage id={route.useParams().fileId} />
}

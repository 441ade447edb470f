import type { ComponentProps } from 'react'
import { Alert } from '@/components/ui/alert'
import { ButtonLink } from '@/components/ui/button'
import type { MediaFile } from '@/lib/media-file'
import { useDownload } from '@/lib/use-download'

/** Downloads a file, or says why it cannot. */
export function DownloadLink({
  file,
  ...rest
}: { file: MediaFile } & ComponentProps<typeof ButtonLink>) {
  const download = useDownload()
  return (
    <>
      <ButtonLink
        {...rest}
        href={file.download_url}
        download
        onClick={(event) => {
          event.preventDefault()
          download.mutate(file.download_url)
        }}
      />
      {download.isError && <Alert error={download.error} onClose={download.reset} />}
    </>
  )
}

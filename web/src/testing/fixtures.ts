import type { Schemas } from '@/lib/api.gen'
import type { Folder, MediaFile } from '@/lib/media-file'

const then = '2026-01-02T03:04:05.000Z'

export const aUser: Schemas['User'] = {
  id: 7,
  telegram_id: 99,
  username: 'ada',
  first_name: 'Ada',
  last_name: 'Lovelace',
  created_at: then,
  last_active: then,
  admin: false,
}

export const tokens: Schemas['Tokens'] = {
  access_token: 'a',
  refresh_token: 'r',
  token_type: 'bearer',
  expires_in: 900,
}

export const anAuth: Schemas['Auth'] = { ...tokens, user: aUser, session_id: 3 }

export const aBot: Schemas['BotInfo'] = {
  username: 'teleplay_bot',
  name: 'TelePlay',
  server_version: '1',
}

export const aCode: Schemas['Code'] = {
  code: '482913',
  expires_at: then,
  device_code: 'secret',
  expires_in: 600,
  interval: 5,
  match: '47',
  bot_username: 'teleplay_bot',
  bot_name: 'TelePlay',
  link: 'https://t.me/teleplay_bot?start=482913',
}

export function aFile(id: number, more: Partial<MediaFile> = {}): MediaFile {
  return {
    id,
    user_id: 7,
    folder_id: null,
    file_id: 'x',
    file_unique_id: 'x',
    file_name: `Film ${id}.mp4`,
    file_size: 734_003_200,
    mime_type: 'video/mp4',
    file_type: 'video',
    duration: 600,
    width: 1920,
    height: 1080,
    created_at: then,
    updated_at: then,
    thumbnail_url: null,
    stream_url: `/api/stream/${id}`,
    download_url: `/api/download/${id}`,
    public_hash: null,
    public_stream_url: null,
    last_pos: null,
    channel_message_id: 0,
    thumbnail_file_id: null,
    progress: null,
    progress_updated: null,
    completed: false,
    title: null,
    series: null,
    season: null,
    episode: null,
    year: null,
    etag: '"e"',
    placeholder: null,
    favorite: false,
    missing: false,
    trashed_at: null,
    ...more,
  }
}

export function aFolder(id: number, name: string, more: Partial<Folder> = {}): Folder {
  return {
    id,
    user_id: 7,
    name,
    parent_id: null,
    created_at: then,
    updated_at: then,
    file_count: 0,
    total_count: 0,
    preview_files: [],
    ...more,
  }
}

export function aList(files: MediaFile[], next: string | null = null): Schemas['FileList'] {
  return { files, total: files.length, page: 1, per_page: 60, next_cursor: next }
}

// Made by `npm run gen` from node/api/openapi.json; do not edit.
/* eslint-disable @typescript-eslint/array-type */

export interface Schemas {
  /** Every failure. errors comes with 422 only. */
  Error: {
    /** One sentence for a person. */
    detail: string
    /** The machine's word, e.g. not_found. */
    code: string
    request_id: string
    errors?: Array<{
      field: string
      message: string
    }>
  }
  Message: {
    message: string
  }
  User: {
    id: number
    telegram_id: number
    username: string | null
    first_name: string | null
    last_name: string | null
    created_at: string
    last_active: string
    admin: boolean
  }
  File: {
    id: number
    user_id: number
    /** null = the root. */
    folder_id: number | null
    /** An opaque word, kept for old apps. */
    file_id: string
    /** An opaque word, kept for old apps. */
    file_unique_id: string
    file_name: string
    file_size: number
    mime_type: string | null
    file_type: 'video' | 'audio' | 'document' | 'image'
    /** Seconds; null = unknown. */
    duration: number | null
    width: number | null
    height: number | null
    created_at: string
    updated_at: string
    /** A path; null = no thumbnail. */
    thumbnail_url: string | null
    /** A path without a query. */
    stream_url: string
    download_url: string
    public_hash: string | null
    public_stream_url: string | null
    /** Seconds watched; null = never opened. */
    last_pos: number | null
    /** Always 0, kept for old apps. */
    channel_message_id: number
    thumbnail_file_id: string | null
    /** As last_pos. */
    progress: number | null
    progress_updated: string | null
    completed: boolean
    title: string | null
    series: string | null
    season: number | null
    episode: number | null
    year: number | null
    /** Exactly what the stream's ETag header says, quotes included. */
    etag: string
    /** A tiny JPEG as a data: URL, painted before any request. */
    placeholder: string | null
    favorite: boolean
    /** The stored copy was gone when last asked for. */
    missing: boolean
    trashed_at: string | null
  }
  Folder: {
    /** 0 = the root, in a FolderView only. */
    id: number
    user_id: number
    name: string
    /** null = the root. */
    parent_id: number | null
    created_at: string
    updated_at: string
    /** Files directly inside. */
    file_count: number
    /** Files in the whole branch. */
    total_count: number
    /** The newest. */
    preview_files: Array<Schemas['File']>
  }
  FolderView: {
    /** 0 = the root, in a FolderView only. */
    id: number
    user_id: number
    name: string
    /** null = the root. */
    parent_id: number | null
    created_at: string
    updated_at: string
    /** Files directly inside. */
    file_count: number
    /** Files in the whole branch. */
    total_count: number
    /** The newest. */
    preview_files: Array<Schemas['File']>
    folder: Schemas['Folder']
    subfolders: Array<Schemas['Folder']>
    files: Array<Schemas['File']>
    /** From the root down to the parent. */
    parent_path: Array<Schemas['Folder']>
  }
  FileList: {
    files: Array<Schemas['File']>
    total: number
    page: number
    per_page: number
    /** null = no more. */
    next_cursor: string | null
    /** Only with fields=id: up to 10,000 ids, and files is empty. */
    ids?: Array<number>
  }
  Progress: {
    /** 0 = nothing saved yet. */
    id: number
    user_id: number
    file_id: number
    /** Seconds. */
    position: number
    /** Seconds; null = unknown. */
    duration: number | null
    completed: boolean
    updated_at: string
  }
  BotInfo: {
    username: string
    name: string | null
    server_version: string
  }
  Code: {
    /** Six digits. */
    code: string
    expires_at: string
    /** The secret to poll with; null unless device_name was sent. */
    device_code: string | null
    /** Seconds. */
    expires_in: number
    /** Seconds between polls. */
    interval: number
    /** Two digits to show: the bot asks which number stands there. null unless device_name was sent. */
    match: string | null
    bot_username: string | null
    bot_name: string | null
    /** Opens the bot with this code. */
    link: string | null
  }
  Pending: {
    status: 'pending'
    /** Seconds between polls. */
    interval: number
  }
  Tokens: {
    access_token: string
    refresh_token: string
    token_type: 'bearer'
    /** Seconds of the access token. */
    expires_in: number
  }
  Auth: {
    access_token: string
    refresh_token: string
    token_type: 'bearer'
    /** Seconds of the access token. */
    expires_in: number
    user: Schemas['User']
    session_id: number
  }
  /** Whom the link logs in. */
  WebLinkPeek: {
    user: Schemas['User']
  }
  Health: {
    status: 'healthy'
  }
  Ready: {
    ready: boolean
    checks: Record<
      string,
      {
        ok: boolean
        detail: string
      }
    >
  }
  /** Data of an event `file`. */
  FileEvent: {
    action: 'added' | 'changed' | 'removed'
    id: number
    file: Schemas['File'] | null
  }
  /** Data of an event `folder`. */
  FolderEvent: {
    action: 'added' | 'changed' | 'removed'
    id: number
    folder: Schemas['Folder'] | null
  }
  /** Data of an event `session`. */
  SessionEvent: {
    id: number
    ended: boolean
  }
  GenerateCode: {
    /** Plain text, shown to the person who confirms; cut to 64 characters. */
    device_name?: string
    client?: string
  }
  /** One of device_code and code. */
  VerifyCode: {
    device_code?: string
    code?: string
    /** Seconds that the answer may be held. */
    wait?: number
  }
  /** Not needed if the cookie is there. */
  Refresh: {
    refresh_token?: string
    /** The same under its old name. */
    refreshToken?: string
  }
  WebLink: {
    key: string
    /** Only tell whom the link logs in; the link stays good. */
    peek?: boolean
  }
  /** null or absent = unchanged. */
  ChangeFile: {
    file_name?: string | null
    /** 0 = the root. */
    folder_id?: number | null
  }
  AddFolder: {
    name: string
    /** null or 0 = the root. */
    parent_id?: number | null
  }
  /** null or absent = unchanged. */
  ChangeFolder: {
    name?: string | null
    /** 0 = the root. */
    parent_id?: number | null
  }
  SaveProgress: {
    /** Seconds. */
    position: number
    /** Seconds. */
    duration?: number | null
    completed?: boolean | null
    /** When it was so on the client; a save with an older time than the last one is dropped. */
    at?: string | null
  }
  SaveProgressOf: {
    file_id: number
    /** Seconds. */
    position: number
    /** Seconds. */
    duration?: number | null
    completed?: boolean | null
    /** When it was so on the client; a save with an older time than the last one is dropped. */
    at?: string | null
  }
}

export interface Operations {
  /** The bot that confirms logins. */
  'GET /api/auth/bot-info': {
    path: undefined
    query: undefined
    body: undefined
    answer: Schemas['BotInfo']
  }
  /** The bot that confirms logins. */
  'GET /api/auth/bot/info': {
    path: undefined
    query: undefined
    body: undefined
    answer: Schemas['BotInfo']
  }
  /** Begin a login: a code for the bot. With device_name the device polls by its device_code and shows the match number. */
  'POST /api/auth/code/generate': {
    path: undefined
    query: undefined
    body: Schemas['GenerateCode'] | undefined
    answer: Schemas['Code']
  }
  /** Begin a login: a code for the bot. With device_name the device polls by its device_code and shows the match number. */
  'POST /api/auth/generate-code': {
    path: undefined
    query: undefined
    body: Schemas['GenerateCode'] | undefined
    answer: Schemas['Code']
  }
  /** Has the login been confirmed? Held up to wait seconds. */
  'POST /api/auth/code/verify': {
    path: undefined
    query: undefined
    body: Schemas['VerifyCode']
    answer: Schemas['Auth'] | Schemas['Pending']
  }
  /** Has the login been confirmed? Held up to wait seconds. */
  'POST /api/auth/verify-code': {
    path: undefined
    query: undefined
    body: Schemas['VerifyCode']
    answer: Schemas['Auth'] | Schemas['Pending']
  }
  /** Log in by the bot's one-time link, or look whom it logs in. */
  'POST /api/auth/web-link': {
    path: undefined
    query: undefined
    body: Schemas['WebLink']
    answer: Schemas['Auth'] | Schemas['WebLinkPeek']
  }
  /** New tokens for a refresh token, which is spent; within 30 s the same successor is given again. */
  'POST /api/auth/refresh': {
    path: undefined
    query: undefined
    body: Schemas['Refresh'] | undefined
    answer: Schemas['Tokens']
  }
  /** End the session that asks. */
  'POST /api/auth/logout': {
    path: undefined
    query: undefined
    body: undefined
    answer: Schemas['Message']
  }
  /** Who is asking. */
  'GET /api/auth/me': {
    path: undefined
    query: undefined
    body: undefined
    answer: Schemas['User']
  }
  /** Files: of the root if nothing else is said, of all folders with search or file_type. */
  'GET /api/files': {
    path: undefined
    query: {
      folder_id?: number
      file_type?: string
      search?: string
      sort?: 'created_at' | 'name' | 'size' | 'duration' | 'watched_at'
      order?: 'asc' | 'desc'
      page?: number
      per_page?: number
      cursor?: string
      fields?: 'id'
    }
    body: undefined
    answer: Schemas['FileList']
  }
  /** One file. */
  'GET /api/files/{id}': {
    path: { id: number }
    query: undefined
    body: undefined
    answer: Schemas['File']
  }
  /** Rename or move. */
  'PATCH /api/files/{id}': {
    path: { id: number }
    query: undefined
    body: Schemas['ChangeFile']
    answer: Schemas['File']
  }
  /** Into the trash, or away for good. */
  'DELETE /api/files/{id}': {
    path: { id: number }
    query: { permanent?: '0' | '1' }
    body: undefined
    answer: Schemas['Message']
  }
  /** How far the file was watched. */
  'GET /api/files/{id}/progress': {
    path: { id: number }
    query: undefined
    body: undefined
    answer: Schemas['Progress']
  }
  /** Save how far the file was watched. */
  'PUT /api/files/{id}/progress': {
    path: { id: number }
    query: undefined
    body: Schemas['SaveProgress']
    answer: Schemas['Progress']
  }
  /** Save how far the file was watched. */
  'POST /api/files/{id}/progress': {
    path: { id: number }
    query: undefined
    body: Schemas['SaveProgress']
    answer: Schemas['Progress']
  }
  /** Forget it. */
  'DELETE /api/files/{id}/progress': {
    path: { id: number }
    query: undefined
    body: undefined
    answer: undefined
  }
  /** Save how far a file was watched. */
  'POST /api/tv/progress': {
    path: undefined
    query: undefined
    body: Schemas['SaveProgressOf']
    answer: Schemas['Progress']
  }
  /** Folders by name: the roots, the children of parent_id, or all. */
  'GET /api/folders': {
    path: undefined
    query: { parent_id?: number; all?: '0' | '1' }
    body: undefined
    answer: Array<Schemas['Folder']>
  }
  /** A new folder. */
  'POST /api/folders': {
    path: undefined
    query: undefined
    body: Schemas['AddFolder']
    answer: Schemas['Folder']
  }
  /** A folder with what lies in it and the way to it. */
  'GET /api/folders/{id}': {
    path: { id: number }
    query: undefined
    body: undefined
    answer: Schemas['FolderView']
  }
  /** Rename or move. */
  'PATCH /api/folders/{id}': {
    path: { id: number }
    query: undefined
    body: Schemas['ChangeFolder']
    answer: Schemas['Folder']
  }
  /** The branch into the trash, or away for good. */
  'DELETE /api/folders/{id}': {
    path: { id: number }
    query: { move_files_to?: number; permanent?: '0' | '1' }
    body: undefined
    answer: Schemas['Message']
  }
  /** A folder with what lies in it and the way to it. */
  'GET /api/tv/folder/{id}': {
    path: { id: number }
    query: undefined
    body: undefined
    answer: Schemas['FolderView']
  }
  /** The file's bytes, for a player. */
  'GET /api/stream/{id}': {
    path: { id: number }
    query: { download?: '0' | '1' }
    body: undefined
    answer: undefined
  }
  /** The file's bytes, for a player. */
  'GET /api/stream/{id}/{name}': {
    path: { id: number; name: string }
    query: { download?: '0' | '1' }
    body: undefined
    answer: undefined
  }
  /** The file's bytes, as an attachment. */
  'GET /api/download/{id}': {
    path: { id: number }
    query: undefined
    body: undefined
    answer: undefined
  }
  /** A picture of the file. */
  'GET /api/thumbnail/{id}': {
    path: { id: number }
    query: { w?: 160 | 320 | 640 }
    body: undefined
    answer: undefined
  }
  /** A picture of the file. */
  'GET /api/stream/{id}/thumbnail': {
    path: { id: number }
    query: { w?: 160 | 320 | 640 }
    body: undefined
    answer: undefined
  }
  /** News as server-sent events; id is the revision. file (FileEvent), folder (FolderEvent), progress (Progress), session (SessionEvent), resync ({}: read everything anew), beat ({}, without an id, when nothing else came for 15 s). */
  'GET /api/events': {
    path: undefined
    query: undefined
    body: undefined
    answer: undefined
  }
  /** The process answers. */
  'GET /health': {
    path: undefined
    query: undefined
    body: undefined
    answer: Schemas['Health']
  }
  /** Can it serve? */
  'GET /ready': {
    path: undefined
    query: undefined
    body: undefined
    answer: Schemas['Ready']
  }
  /** This file. */
  'GET /openapi.json': {
    path: undefined
    query: undefined
    body: undefined
    answer: Record<string, unknown>
  }
}

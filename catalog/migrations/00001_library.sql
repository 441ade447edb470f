-- One text for SQLite and PostgreSQL: only types and forms that both know.
-- Times are BIGINT milliseconds since 1970 (UTC), NULL = never. 0 is written as
-- NULL where a column refers to a folder or a user. name_key is the folded NFC
-- name that is compared and searched, name_sort its natural order; Go makes both.

-- +goose Up
CREATE TABLE users (
    id           INTEGER PRIMARY KEY CHECK (id > 0),
    telegram_id  BIGINT  NOT NULL UNIQUE,
    username     TEXT    NOT NULL,
    first_name   TEXT    NOT NULL,
    last_name    TEXT    NOT NULL,
    auth_version INTEGER NOT NULL DEFAULT 1,
    rev          BIGINT  NOT NULL DEFAULT 0, -- of the user's newest event
    created_at   BIGINT  NOT NULL,
    last_active  BIGINT  NOT NULL
);

CREATE TABLE folders (
    id         INTEGER PRIMARY KEY CHECK (id > 0),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    parent_id  INTEGER CHECK (parent_id <> id),
    name       TEXT    NOT NULL CHECK (name <> ''),
    name_key   TEXT    NOT NULL,
    name_sort  TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    deleted_at BIGINT,
    UNIQUE (user_id, id),
    FOREIGN KEY (user_id, parent_id) REFERENCES folders (user_id, id)
);
CREATE UNIQUE INDEX folders_name ON folders (user_id, coalesce(parent_id, 0), name_key) WHERE deleted_at IS NULL;
CREATE INDEX folders_parent ON folders (user_id, parent_id);

CREATE TABLE files (
    id                 INTEGER PRIMARY KEY CHECK (id > 0),
    user_id            INTEGER NOT NULL REFERENCES users (id),
    folder_id          INTEGER,
    channel_message_id INTEGER NOT NULL UNIQUE CHECK (channel_message_id > 0),
    source_chat        BIGINT  NOT NULL,
    source_message     INTEGER NOT NULL,
    document_id        BIGINT  NOT NULL,
    dc                 INTEGER NOT NULL,
    message_date       BIGINT  NOT NULL,
    file_name          TEXT    NOT NULL CHECK (file_name <> ''),
    name_key           TEXT    NOT NULL,
    name_sort          TEXT    NOT NULL,
    file_size          BIGINT  NOT NULL CHECK (file_size >= 0),
    mime_type          TEXT    NOT NULL,
    file_type          TEXT    NOT NULL CHECK (file_type IN ('video', 'audio', 'document', 'image')),
    duration           DOUBLE PRECISION NOT NULL CHECK (duration >= 0),
    width              INTEGER NOT NULL CHECK (width >= 0),
    height             INTEGER NOT NULL CHECK (height >= 0),
    placeholder        BYTEA,
    created_at         BIGINT  NOT NULL,
    updated_at         BIGINT  NOT NULL,
    missing_at         BIGINT,
    deleted_at         BIGINT,
    UNIQUE (user_id, id),
    UNIQUE (source_chat, source_message),
    -- A foreign folder is impossible. No ON DELETE SET NULL: it would clear user_id too.
    FOREIGN KEY (user_id, folder_id) REFERENCES folders (user_id, id)
);
CREATE INDEX files_folder ON files (user_id, folder_id);
CREATE INDEX files_shelf ON files (user_id, coalesce(folder_id, 0), created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX files_newest ON files (user_id, created_at, id) WHERE deleted_at IS NULL;

-- A row without bytes is a thumbnail that is still to be fetched.
CREATE TABLE thumbs (
    file_id INTEGER NOT NULL REFERENCES files (id),
    kind    TEXT    NOT NULL CHECK (kind = 'thumbnail'),
    etag    TEXT,
    bytes   BYTEA   CHECK (length(bytes) BETWEEN 1 AND 65536),
    PRIMARY KEY (file_id, kind),
    CHECK ((etag IS NULL) = (bytes IS NULL))
);
CREATE INDEX thumbs_due ON thumbs (file_id) WHERE bytes IS NULL;

CREATE TABLE watch_progress (
    id         INTEGER PRIMARY KEY CHECK (id > 0),
    user_id    INTEGER NOT NULL,
    file_id    INTEGER NOT NULL,
    position   DOUBLE PRECISION NOT NULL CHECK (position >= 0),
    duration   DOUBLE PRECISION NOT NULL CHECK (duration >= 0),
    completed  BOOLEAN NOT NULL,
    client_at  BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    UNIQUE (user_id, file_id),
    FOREIGN KEY (user_id, file_id) REFERENCES files (user_id, id)
);

CREATE TABLE login_codes (
    id          INTEGER PRIMARY KEY CHECK (id > 0),
    code        TEXT    NOT NULL CHECK (length(code) = 6),
    kind        TEXT    NOT NULL CHECK (kind IN ('device', 'bare')),
    device_hash BYTEA   UNIQUE,
    address     TEXT    NOT NULL,
    user_agent  TEXT    NOT NULL,
    device_name TEXT    NOT NULL,
    client      TEXT    NOT NULL,
    match       INTEGER NOT NULL,
    user_id     INTEGER REFERENCES users (id),
    known_place BOOLEAN NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'asked', 'approved', 'spent', 'refused', 'expired')),
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    CHECK ((kind = 'device') = (device_hash IS NOT NULL)),
    -- Else a "yes" without a number would do for a device.
    CHECK ((kind = 'device' AND match BETWEEN 10 AND 99) OR (kind = 'bare' AND match = 0))
);
CREATE UNIQUE INDEX login_codes_live ON login_codes (code) WHERE state IN ('waiting', 'asked', 'approved');

CREATE TABLE one_time_keys (
    hash       BYTEA   NOT NULL PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    expires_at BIGINT  NOT NULL
);

CREATE TABLE sessions (
    id          INTEGER PRIMARY KEY CHECK (id > 0),
    user_id     INTEGER NOT NULL REFERENCES users (id),
    salt        BYTEA   NOT NULL,
    generation  INTEGER NOT NULL,
    hash        BYTEA   NOT NULL,
    rotated_at  TEXT    NOT NULL, -- JSON list of milliseconds, newest first
    device_name TEXT    NOT NULL,
    client      TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('', 'device', 'bare')),
    created_at  BIGINT  NOT NULL,
    last_seen   BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    revoked_at  BIGINT
);
CREATE INDEX sessions_place ON sessions (user_id, address);
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- Once, for ever: a row here means that the update was dealt with.
CREATE TABLE bot_inbox (
    source_chat        BIGINT  NOT NULL,
    source_message     INTEGER NOT NULL,
    random_id          BIGINT,
    channel_message_id INTEGER,
    owed               TEXT, -- JSON, {"file":id} or {"reply":{…}}; NULL = struck off
    received_at        BIGINT  NOT NULL,
    PRIMARY KEY (source_chat, source_message)
);
CREATE INDEX bot_inbox_owed ON bot_inbox (received_at, source_message) WHERE owed IS NOT NULL;

CREATE TABLE bot_state (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    pts      INTEGER NOT NULL,
    qts      INTEGER NOT NULL,
    date     INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    channels TEXT    NOT NULL -- JSON, channel id → pts
);

-- Message ids mean something in one bot's private box and in one channel alone.
CREATE TABLE bound_to (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    bot     BIGINT  NOT NULL,
    channel BIGINT  NOT NULL
);

CREATE TABLE channel_deletes (
    message INTEGER NOT NULL PRIMARY KEY,
    due_at  BIGINT  NOT NULL
);
CREATE INDEX channel_deletes_due ON channel_deletes (due_at, message);

CREATE TABLE events (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    rev       BIGINT  NOT NULL,
    kind      TEXT    NOT NULL CHECK (kind IN ('file', 'folder', 'progress', 'session')),
    action    TEXT    NOT NULL CHECK (action IN ('added', 'changed', 'removed', 'ended')),
    object_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, rev)
);

package teleplay

import "time"

// FileKind says what a file is shown as.
type FileKind string

const (
	Video    FileKind = "video"
	Audio    FileKind = "audio"
	Document FileKind = "document"
	Image    FileKind = "image"
)

// File is one file of a user's library. The bytes live in the storage channel;
// Message and Size are all that reading needs.
type File struct {
	ID      int32
	User    int32
	Folder  int32 // 0 = root
	Message int32 // id of the message in the storage channel
	Size    int64
	Date    time.Time // of the storage message

	Name     string
	MIME     string // "" = unknown
	Kind     FileKind
	Duration float64 // seconds, 0 = unknown
	Width    int     // pixels, 0 = unknown
	Height   int

	Created time.Time
	Updated time.Time
	Deleted time.Time // zero = not in the trash
	Missing time.Time // zero = the storage message was there when last asked

	Placeholder []byte // tiny JPEG for the grid; nil = none
	ThumbETag   string // "" = no thumbnail
	Progress    *Progress
}

// Folder is a node of a user's tree.
type Folder struct {
	ID      int32
	User    int32
	Parent  int32 // 0 = root
	Name    string
	Created time.Time
	Updated time.Time

	Files   int    // files directly inside
	Total   int    // files in the whole branch
	Preview []File // up to 4 of them, newest first
}

// User is a person of the household, known by the Telegram account.
type User struct {
	ID         int32
	TelegramID int64
	Username   string
	FirstName  string
	LastName   string
	Version    int // auth version: a raise ends all sessions
	Created    time.Time
	LastActive time.Time
}

// Progress is how far one user has come in one file.
type Progress struct {
	ID        int32
	User      int32
	File      int32
	Position  float64 // seconds
	Duration  float64 // seconds, 0 = unknown
	Completed bool
	Updated   time.Time
}

// Event is news for one user's screens. Rev counts that user's events from 1;
// what the event says is read anew when it is shown.
type Event struct {
	Rev    int64
	User   int32
	Kind   string // file, folder, progress, session
	Action string // added, changed, removed, ended
	ID     int32  // of the file, folder or session
}

// Thumb is a JPEG of a file, at most 640 px and 64 KiB.
type Thumb struct {
	ETag  string
	Bytes []byte
}

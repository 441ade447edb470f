package api

import (
	"context"
	"time"

	"github.com/teleplay/teleplay"
)

// Library is the catalog as the edge uses it. Every call names the user; what is
// unknown and what is somebody else's are both teleplay.ErrNotFound.
type Library interface {
	Users
	Files
	Thumbs
	Folders
	FolderTrash
	ProgressStore
	Login
	Keys
	Sessions
	Events
	// Changed is closed at the next commit. Take it before asking, so that no
	// commit is missed.
	Changed() <-chan struct{}
}

// Users knows the people.
type Users interface {
	User(ctx context.Context, id int32) (teleplay.User, error)
}

// Files is the files of one user that are not in the trash.
type Files interface {
	Files(ctx context.Context, user int32, q teleplay.FileQuery) (teleplay.FileList, error)
	File(ctx context.Context, user, id int32) (teleplay.File, error)
	ChangeFile(ctx context.Context, user, id int32, c teleplay.FileChange) (teleplay.File, error)
	TrashFile(ctx context.Context, user, id int32) error
	PurgeFile(ctx context.Context, user, id int32) error
}

// Thumbs is the pictures of files.
type Thumbs interface {
	Thumb(ctx context.Context, user, file int32) (teleplay.Thumb, error)
}

// Folders is the tree of one user; 0 is its root.
type Folders interface {
	Folders(ctx context.Context, user int32, parent *int32) ([]teleplay.Folder, error)
	Folder(ctx context.Context, user, id int32) (teleplay.Folder, error)
	FolderView(ctx context.Context, user, id int32) (teleplay.FolderView, error)
	AddFolder(ctx context.Context, user int32, name string, parent int32) (teleplay.Folder, error)
	ChangeFolder(ctx context.Context, user, id int32, c teleplay.FolderChange) (teleplay.Folder, error)
}

// FolderTrash takes whole branches away.
type FolderTrash interface {
	TrashFolder(ctx context.Context, user, id int32, moveFilesTo *int32) error
	PurgeFolder(ctx context.Context, user, id int32, moveFilesTo *int32) error
}

// ProgressStore is how far users have come.
type ProgressStore interface {
	Progress(ctx context.Context, user, file int32) (teleplay.Progress, error)
	SaveProgress(ctx context.Context, user, file int32, p teleplay.ProgressUpdate) (teleplay.Progress, error)
	ForgetProgress(ctx context.Context, user, file int32) error
}

// Login is the codes that the bot confirms.
type Login interface {
	AddCode(ctx context.Context, c teleplay.LoginCode) (teleplay.LoginCode, error)
	Code(ctx context.Context, c teleplay.CodeClaim) (teleplay.LoginCode, error)
	SpendCode(ctx context.Context, id int32, s teleplay.Session) (teleplay.Session, error)
}

// Keys is the bot's one-time links, by the SHA-256 of their key.
type Keys interface {
	KeyUser(ctx context.Context, hash []byte) (teleplay.User, error)
	SpendKey(ctx context.Context, hash []byte, s teleplay.Session) (teleplay.Session, error)
}

// Sessions is the logins.
type Sessions interface {
	Session(ctx context.Context, id int32) (teleplay.Session, error)
	RotateSession(ctx context.Context, id int32, from int, hash []byte, expires time.Time) (teleplay.Session, error)
	RevokeSession(ctx context.Context, id int32) error
	Revoked(ctx context.Context, since time.Time) ([]teleplay.Session, error)
}

// Events is the news of one user.
type Events interface {
	// Events lists what came after a revision; complete is false when that is
	// longer ago than what is kept.
	Events(ctx context.Context, user int32, after int64, limit int) (list []teleplay.Event, complete bool, err error)
	Rev(ctx context.Context, user int32) (int64, error)
}

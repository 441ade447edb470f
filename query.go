package teleplay

import "time"

// FileQuery asks for one page of a user's files that are not in the trash. Its
// zero value is the first page of everything, newest first.
type FileQuery struct {
	Folder *int32 // nil = all folders, 0 = root
	Kind   FileKind
	Search string // a part of the name, whatever its case
	Sort   string // created_at (default), name, size, duration, watched_at
	Asc    bool
	// Page counts from 1. Cursor, from FileList.NextCursor, wins over it and stays
	// put while files are added.
	Page, PerPage int
	Cursor        string
	IDsOnly       bool // up to 10,000 ids in FileList.IDs and no files
}

// FileList is one page of files.
type FileList struct {
	Files         []File
	IDs           []int32
	Total         int
	Page, PerPage int
	NextCursor    string // "" = no more
}

// FileChange is what a person may change of a file; nil = leave it.
type FileChange struct {
	Name   *string
	Folder *int32 // 0 = root
}

// FolderChange is what a person may change of a folder; nil = leave it.
type FolderChange struct {
	Name   *string
	Parent *int32 // 0 = root
}

// FolderView is a folder with what lies in it and the way to it.
type FolderView struct {
	Folder     Folder // ID 0 for the root
	Subfolders []Folder
	Files      []File   // by name
	Path       []Folder // from the root down to the parent
}

// ProgressUpdate is what a player reports.
type ProgressUpdate struct {
	Position  float64
	Duration  float64   // 0 = not said
	Completed *bool     // nil = not said
	At        time.Time // when it was so on the client; zero = now
}

// CodeClaim is how a device asks after its login code: by the hash of its secret,
// or by the code, from the address and User-Agent that made it.
type CodeClaim struct {
	DeviceHash               []byte
	Code, Address, UserAgent string
}

package api

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/teleplay/teleplay"
)

// The shapes of openapi.json. Every field is always there: the old Kotlin app
// breaks on a missing one.

type messageShape struct {
	Message string `json:"message"`
}

type userShape struct {
	ID         int32   `json:"id"`
	TelegramID int64   `json:"telegram_id"`
	Username   *string `json:"username"`
	FirstName  *string `json:"first_name"`
	LastName   *string `json:"last_name"`
	CreatedAt  string  `json:"created_at"`
	LastActive string  `json:"last_active"`
	Admin      bool    `json:"admin"`
}

func (a *API) userShape(u teleplay.User) userShape {
	return userShape{u.ID, u.TelegramID, text(u.Username), text(u.FirstName), text(u.LastName),
		stamp(u.Created), stamp(u.LastActive), slices.Contains(a.o.AdminUsers, u.TelegramID)}
}

type tokensShape struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
}

type authShape struct {
	tokensShape
	User      userShape `json:"user"`
	SessionID int32     `json:"session_id"`
}

type peekShape struct {
	User userShape `json:"user"`
}

type botShape struct {
	Username      string  `json:"username"`
	Name          *string `json:"name"`
	ServerVersion string  `json:"server_version"`
}

type codeShape struct {
	Code        string  `json:"code"`
	ExpiresAt   string  `json:"expires_at"`
	DeviceCode  *string `json:"device_code"`
	ExpiresIn   int     `json:"expires_in"`
	Interval    int     `json:"interval"`
	Match       *string `json:"match"`
	BotUsername *string `json:"bot_username"`
	BotName     *string `json:"bot_name"`
	Link        *string `json:"link"`
}

type pendingShape struct {
	Status   string `json:"status"`
	Interval int    `json:"interval"`
}

type progressShape struct {
	ID        int32  `json:"id"`
	UserID    int32  `json:"user_id"`
	FileID    int32  `json:"file_id"`
	Position  int    `json:"position"`
	Duration  *int   `json:"duration"`
	Completed bool   `json:"completed"`
	UpdatedAt string `json:"updated_at"`
}

func (a *API) progressShape(p teleplay.Progress) progressShape {
	return progressShape{p.ID, p.User, p.File, int(p.Position), whole(p.Duration), p.Completed, stamp(p.Updated)}
}

type fileShape struct {
	ID                int32    `json:"id"`
	UserID            int32    `json:"user_id"`
	FolderID          *int32   `json:"folder_id"`
	FileID            string   `json:"file_id"`
	FileUniqueID      string   `json:"file_unique_id"`
	FileName          string   `json:"file_name"`
	FileSize          int64    `json:"file_size"`
	MIMEType          *string  `json:"mime_type"`
	FileType          string   `json:"file_type"`
	Duration          *float64 `json:"duration"`
	Width             *int     `json:"width"`
	Height            *int     `json:"height"`
	CreatedAt         string   `json:"created_at"`
	UpdatedAt         string   `json:"updated_at"`
	ThumbnailURL      *string  `json:"thumbnail_url"`
	StreamURL         string   `json:"stream_url"`
	DownloadURL       string   `json:"download_url"`
	PublicHash        *string  `json:"public_hash"`
	PublicStreamURL   *string  `json:"public_stream_url"`
	LastPos           *int     `json:"last_pos"`
	ChannelMessageID  int      `json:"channel_message_id"` // always 0: real ones would count others' uploads
	ThumbnailFileID   *string  `json:"thumbnail_file_id"`
	Progress          *int     `json:"progress"`
	ProgressUpdatedAt *string  `json:"progress_updated"`
	Completed         bool     `json:"completed"`
	Title             *string  `json:"title"`
	Series            *string  `json:"series"`
	Season            *int     `json:"season"`
	Episode           *int     `json:"episode"`
	Year              *int     `json:"year"`
	ETag              string   `json:"etag"`
	Placeholder       *string  `json:"placeholder"`
	Favorite          bool     `json:"favorite"`
	Missing           bool     `json:"missing"`
	TrashedAt         *string  `json:"trashed_at"`
}

func (a *API) fileShape(f teleplay.File) fileShape {
	id := strconv.Itoa(int(f.ID))
	out := fileShape{
		ID: f.ID, UserID: f.User, FolderID: ref(f.Folder),
		FileID: "file-" + id, FileUniqueID: "unique-" + id,
		FileName: f.Name, FileSize: f.Size, MIMEType: text(f.MIME), FileType: string(f.Kind),
		Width: ref(f.Width), Height: ref(f.Height), CreatedAt: stamp(f.Created), UpdatedAt: stamp(f.Updated),
		StreamURL: "/api/stream/" + id, DownloadURL: "/api/download/" + id,
		ETag: a.etag(f), Missing: !f.Missing.IsZero(),
	}
	if d := f.Duration; d > 0 && !math.IsInf(d, 0) {
		out.Duration = &d
	}
	if f.ThumbETag != "" {
		out.ThumbnailURL = text("/api/thumbnail/" + id)
	}
	if f.Placeholder != nil {
		out.Placeholder = text("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(f.Placeholder))
	}
	if p := f.Progress; p != nil {
		pos, at := int(p.Position), stamp(p.Updated)
		out.LastPos, out.Progress, out.ProgressUpdatedAt, out.Completed = &pos, &pos, &at, p.Completed
	}
	if !f.Deleted.IsZero() {
		out.TrashedAt = text(stamp(f.Deleted))
	}
	return out
}

func (a *API) fileShapes(files []teleplay.File) []fileShape {
	out := make([]fileShape, 0, len(files))
	for _, f := range files {
		out = append(out, a.fileShape(f))
	}
	return out
}

type fileListShape struct {
	Files      []fileShape `json:"files"`
	Total      int         `json:"total"`
	Page       int         `json:"page"`
	PerPage    int         `json:"per_page"`
	NextCursor *string     `json:"next_cursor"`
	IDs        *[]int32    `json:"ids,omitempty"`
}

type folderShape struct {
	ID           int32       `json:"id"`
	UserID       int32       `json:"user_id"`
	Name         string      `json:"name"`
	ParentID     *int32      `json:"parent_id"`
	CreatedAt    string      `json:"created_at"`
	UpdatedAt    string      `json:"updated_at"`
	FileCount    int         `json:"file_count"`
	TotalCount   int         `json:"total_count"`
	PreviewFiles []fileShape `json:"preview_files"`
}

func (a *API) folderShape(f teleplay.Folder) folderShape {
	return folderShape{f.ID, f.User, f.Name, ref(f.Parent), stamp(f.Created), stamp(f.Updated), f.Files, f.Total, a.fileShapes(f.Preview)}
}

func (a *API) folderShapes(folders []teleplay.Folder) []folderShape {
	out := make([]folderShape, 0, len(folders))
	for _, f := range folders {
		out = append(out, a.folderShape(f))
	}
	return out
}

// folderViewShape is the union of what the seed and the old apps expect.
type folderViewShape struct {
	folderShape
	Folder     folderShape   `json:"folder"`
	Subfolders []folderShape `json:"subfolders"`
	Files      []fileShape   `json:"files"`
	ParentPath []folderShape `json:"parent_path"`
}

// stamp is a time as the API writes it; what never was is 1970, not year 1.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// text is a string, null if it is empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ref is a number, null if it is 0.
func ref[N int | int32](n N) *N {
	if n == 0 {
		return nil
	}
	return &n
}

// whole is seconds without a fraction, null if unknown.
func whole(seconds float64) *int {
	if !(seconds > 0) {
		return nil
	}
	return ref(int(seconds))
}

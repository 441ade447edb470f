package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// sample are short clips made by ffmpeg from its test sources: an MP4 with its
// index first, one with it last, an MKV, music and a picture.
//
//go:embed sample
var sample embed.FS

// covers are the pictures that a sender's app would attach to some of them.
//
//go:embed covers
var covers embed.FS

// longFilm is a synthetic file of Telegram's largest size: it plays nowhere, but
// any byte of it can be asked for.
var longFilm = demoFile{Folder: "Films", Message: map[string]any{
	"media": map[string]any{
		"kind": "document", "file_name": "Four Gigabytes (synthetic).bin", "mime_type": "application/octet-stream",
		"source": map[string]any{"seed": 7, "size": int64(4<<30) - 1},
	},
}}

// demoFile is one message to the bot and the folder that its file goes to.
type demoFile struct {
	Folder  string // "" = root; nested ones with slashes
	Message map[string]any
}

// libraryMarker says that the library was filled; it lies in the data directory.
const libraryMarker = "library.filled"

// fillLibrary sends the demo's files to the bot as the user, once, and puts them
// into folders by the API, as a person would.
func (d *demo) fillLibrary(ctx context.Context, control controlAPI, tg fakeReady, node string) error {
	marker := filepath.Join(d.data, libraryMarker)
	if _, err := os.Stat(marker); err == nil {
		return nil
	}
	files, err := d.files(ctx, control)
	if err != nil {
		return err
	}
	l := library{control: control, node: node, user: tg.Users[0].ID, bot: tg.Bots[0].ID, folders: map[string]int32{"": 0}}
	if err := l.login(ctx); err != nil {
		return err
	}
	for _, f := range files {
		if err := l.add(ctx, f); err != nil {
			return err
		}
	}
	return os.WriteFile(marker, nil, 0o600)
}

// files lists what to send: of --library, or the sample.
func (d *demo) files(ctx context.Context, control controlAPI) ([]demoFile, error) {
	if d.c.Library == "" {
		list, err := walk(sample, "sample", func(name string) (map[string]any, error) { return sendBlob(ctx, control, sample, name) })
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			media := f.Message["media"].(map[string]any)
			cover, err := sendBlob(ctx, control, covers, fmt.Sprintf("covers/%s.jpg", media["file_name"]))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			if err == nil {
				media["thumb"] = cover
			}
		}
		return append(list, longFilm), nil
	}
	root, err := filepath.Abs(d.c.Library)
	if err != nil {
		return nil, err
	}
	list, err := walk(os.DirFS(root), ".", func(name string) (map[string]any, error) {
		return map[string]any{"path": filepath.Join(root, filepath.FromSlash(name))}, nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &fault{2, "teleplay: there is no directory " + d.c.Library}
	}
	return list, err
}

// sendBlob uploads an embedded file and gives the source that names it.
func sendBlob(ctx context.Context, control controlAPI, files embed.FS, name string) (map[string]any, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	blob := hex.EncodeToString(sum[:8])
	return map[string]any{"blob": blob}, control.put(ctx, blob, b)
}

// walk makes a message of each media file below root.
func walk(files fs.FS, root string, source func(name string) (map[string]any, error)) (list []demoFile, err error) {
	err = fs.WalkDir(files, root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		media, ok := mediaOf(path.Base(name))
		if !ok {
			return nil
		}
		if media["source"], err = source(name); err != nil {
			return err
		}
		folder := strings.Trim(strings.TrimPrefix(path.Dir(name), root), "/.")
		list = append(list, demoFile{folder, map[string]any{"media": media}})
		return nil
	})
	return list, err
}

// kinds is how a person's Telegram app sends a file of an extension.
var kinds = map[string][2]string{
	".mp4": {"video", "video/mp4"}, ".m4v": {"video", "video/mp4"}, ".mov": {"video", "video/quicktime"},
	".mkv": {"document", "video/x-matroska"}, ".webm": {"document", "video/webm"}, ".avi": {"document", "video/x-msvideo"}, ".ts": {"document", "video/mp2t"},
	".mp3": {"audio", "audio/mpeg"}, ".m4a": {"audio", "audio/mp4"}, ".flac": {"audio", "audio/flac"}, ".ogg": {"audio", "audio/ogg"}, ".opus": {"audio", "audio/ogg"}, ".wav": {"audio", "audio/wav"},
	".jpg": {"document", "image/jpeg"}, ".jpeg": {"document", "image/jpeg"}, ".png": {"document", "image/png"}, ".gif": {"document", "image/gif"}, ".webp": {"document", "image/webp"},
}

// shown is what a sender's app would know of the sample clips.
var shown = map[string]map[string]any{
	"Into the Set (2024).mp4":           {"duration": 12, "width": 640, "height": 360},
	"Colony.mp4":                        {"duration": 10, "width": 640, "height": 360},
	"The Oscillators - Small Steps.mp3": {"duration": 20, "title": "Small Steps", "performer": "The Oscillators"},
}

func mediaOf(name string) (map[string]any, bool) {
	kind, ok := kinds[strings.ToLower(path.Ext(name))]
	if !ok {
		return nil, false
	}
	m := map[string]any{"kind": kind[0], "file_name": name, "mime_type": kind[1]}
	maps.Copy(m, shown[name])
	return m, true
}

// library fills a library as its user.
type library struct {
	control   controlAPI
	node      string
	user, bot int64
	token     string
	folders   map[string]int32
}

// login follows the bot's link as a browser would.
func (l *library) login(ctx context.Context) error {
	client := &http.Client{Timeout: callTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(l.control.base, "/v1")+"/login", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	_, key, ok := strings.Cut(resp.Header.Get("Location"), "#k=")
	if !ok {
		return fmt.Errorf("the bot gave no login link: %s", resp.Status)
	}
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if err := callJSON(ctx, http.MethodPost, l.node+"/api/auth/web-link", "", map[string]any{"key": key}, &out); err != nil {
		return err
	}
	l.token = out.AccessToken
	return nil
}

// chatMessage is what the demo reads of a message in the chat.
type chatMessage struct {
	ID      int64  `json:"id"`
	Text    string `json:"text"`
	ReplyTo int64  `json:"reply_to"`
	Buttons [][]struct {
		URL string `json:"url"`
	} `json:"buttons"`
}

// add sends one file and puts it into its folder.
func (l *library) add(ctx context.Context, f demoFile) error {
	id, err := l.send(ctx, f.Message)
	if err != nil {
		return err
	}
	return l.move(ctx, id, f.Folder)
}

// send sends one file to the bot and gives the id that the bot's answer leads to.
func (l *library) send(ctx context.Context, message map[string]any) (id string, err error) {
	chat := fmt.Sprintf("/users/%d/chats/%d", l.user, l.bot)
	var sent struct {
		Messages []chatMessage `json:"messages"`
		Rev      int64         `json:"rev"`
	}
	if err := l.control.do(ctx, http.MethodPost, chat+"/messages", message, &sent); err != nil {
		return "", err
	}
	if len(sent.Messages) != 1 {
		return "", fmt.Errorf("one file sent, %d messages made", len(sent.Messages))
	}
	own, deadline := sent.Messages[0].ID, time.Now().Add(readyWait)
	for time.Now().Before(deadline) {
		if err := l.control.do(ctx, http.MethodGet, fmt.Sprintf("%s?after_rev=%d&wait=5s", chat, sent.Rev), nil, &sent); err != nil {
			return "", err
		}
		for _, m := range sent.Messages {
			if m.ReplyTo == own {
				return openID(m)
			}
		}
	}
	return "", errors.New("the bot did not answer a file in time")
}

// openID reads the file's id from the bot's answer: its Open button leads there.
func openID(m chatMessage) (string, error) {
	for _, row := range m.Buttons {
		for _, b := range row {
			if _, id, ok := strings.Cut(b.URL, "/watch/"); ok {
				return id, nil
			}
		}
	}
	return "", fmt.Errorf("the bot refused a file: %s", m.Text)
}

func (l *library) move(ctx context.Context, file, folder string) error {
	if folder == "" {
		return nil
	}
	to, err := l.folder(ctx, folder)
	if err != nil {
		return err
	}
	return callJSON(ctx, http.MethodPatch, fmt.Sprintf("%s/api/files/%s", l.node, file), l.token, map[string]any{"folder_id": to}, nil)
}

// folder is the id of a path of folders, made where it is missing.
func (l *library) folder(ctx context.Context, name string) (int32, error) {
	if id, ok := l.folders[name]; ok {
		return id, nil
	}
	dir := path.Dir(name)
	if dir == "." {
		dir = ""
	}
	parent, err := l.folder(ctx, dir)
	if err != nil {
		return 0, err
	}
	in := map[string]any{"name": path.Base(name)}
	if parent != 0 {
		in["parent_id"] = parent
	}
	var out struct {
		ID int32 `json:"id"`
	}
	if err := callJSON(ctx, http.MethodPost, l.node+"/api/folders", l.token, in, &out); err != nil {
		return 0, err
	}
	l.folders[name] = out.ID
	return out.ID, nil
}

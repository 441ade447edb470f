package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/teleplay/teleplay"
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
var longFilm = demoFile{Folder: "Films", Name: "Four Gigabytes (synthetic).bin", Message: map[string]any{
	"media": map[string]any{
		"kind": "document", "file_name": "Four Gigabytes (synthetic).bin", "mime_type": "application/octet-stream",
		"source": map[string]any{"seed": 7, "size": int64(4<<30) - 1},
	},
}}

// demoFile is one message to the bot and the folder that its file goes to.
type demoFile struct {
	Folder  string // "" = root; nested ones with slashes
	Name    string
	Message map[string]any
}

// libraryMarker says that the library was filled; it lies in the data directory.
const libraryMarker = "library.filled"

// fillLibrary sends the demo's files to the bot as the user and puts them into
// folders by the API, as a person would. It goes on where an earlier start was
// ended: what is there already, by folder and name, is not sent again.
func (d *demo) fillLibrary(ctx context.Context, control controlAPI, tg fakeReady, node string) error {
	marker, filled := filepath.Join(d.data, libraryMarker), d.c.Library
	if b, err := os.ReadFile(marker); err == nil {
		if string(b) != filled {
			fmt.Fprintf(d.p.stderr, "teleplay: %s was filled before and stays as it is; give --data another directory to see %s\n", d.data, cmp.Or(filled, "the built-in clips"))
		}
		return nil
	}
	files, err := d.files(ctx, control)
	if err != nil {
		return err
	}
	l := library{control: control, node: node, user: tg.Users[0].ID, bot: tg.Bots[0].ID}
	if err := l.login(ctx); err != nil {
		return err
	}
	if err := l.look(ctx); err != nil {
		return err
	}
	for _, f := range files {
		if err := l.add(ctx, f); errors.Is(err, errRefused) {
			fmt.Fprintf(d.p.stderr, "teleplay: %q: %v\n", f.Name, err)
		} else if err != nil {
			return err
		}
	}
	return os.WriteFile(marker, []byte(filled), 0o600)
}

// files lists what to send: of --library, or the sample.
func (d *demo) files(ctx context.Context, control controlAPI) ([]demoFile, error) {
	if d.c.Library == "" {
		list, err := walk(sample, "sample", d.p.stderr, func(name string) (map[string]any, error) { return sendBlob(ctx, control, sample, name) })
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
	list, err := walk(os.DirFS(root), ".", d.p.stderr, func(name string) (map[string]any, error) {
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

// walk makes a message of each media file below root. What cannot be sent is left
// out, and said so.
func walk(files fs.FS, root string, log io.Writer, source func(name string) (map[string]any, error)) (list []demoFile, err error) {
	err = fs.WalkDir(files, root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			if name == root {
				return err
			}
			fmt.Fprintf(log, "teleplay: %s is left out: it cannot be read\n", name)
			return nil
		}
		media, ok := mediaOf(path.Base(name))
		if e.IsDir() || !ok {
			return nil
		}
		if why := unfit(files, name); why != "" {
			fmt.Fprintf(log, "teleplay: %q is left out: %s\n", name, why)
			return nil
		}
		if media["source"], err = source(name); err != nil {
			return err
		}
		folder := path.Dir(name)
		if folder == root {
			folder = ""
		}
		list = append(list, demoFile{strings.TrimPrefix(folder, root+"/"), path.Base(name), map[string]any{"media": media}})
		return nil
	})
	return list, err
}

// unfit says why a file cannot be sent; "" = it can.
func unfit(files fs.FS, name string) string {
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return "it cannot be read"
	case !info.Mode().IsRegular():
		return "it is no regular file"
	case info.Size() == 0:
		return "it is empty, and Telegram keeps no empty file"
	case info.Size() > teleplay.MaxFileSize:
		return "it is larger than the 4 GiB that Telegram keeps in one file"
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "its name has characters that nobody can type"
	}
	return ""
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

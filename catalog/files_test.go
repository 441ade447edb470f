package catalog_test

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/teleplay/teleplay"
)

func testFiles(t *testing.T, w *world) {
	ctx := t.Context()
	films := w.folder(t, w.a, "Films", 0)
	u := w.upload(w.a, "  Alien.mkv ")
	u.File.Size, u.File.Width, u.File.Height, u.File.Folder = 4<<30, 1920, 800, films
	u.File.Duration, u.File.Placeholder, u.Thumb = 7016.25, []byte{0xff, 0xd8}, true
	f := must(w.AddFile(ctx, u))(t)
	want := u.File
	want.ID, want.Name, want.Created, want.Updated = f.ID, "Alien.mkv", w.clock.Now(), w.clock.Now()
	equal(t, f, want)
	equal(t, must(w.File(ctx, w.a, f.ID))(t), want)

	rev := w.rev(t, w.a)
	w.clock.advance(time.Minute)
	want.Name, want.Folder, want.Updated = "Aliens.mkv", 0, w.clock.Now()
	equal(t, must(w.ChangeFile(ctx, w.a, f.ID, teleplay.FileChange{Name: ptr(" Aliens.mkv"), Folder: ptr(int32(0))}))(t), want)
	equal(t, must(w.File(ctx, w.a, f.ID))(t), want)
	w.clock.advance(time.Minute)
	equal(t, must(w.ChangeFile(ctx, w.a, f.ID, teleplay.FileChange{}))(t), want)
	equal(t, must(w.ChangeFile(ctx, w.a, f.ID, teleplay.FileChange{Name: &want.Name}))(t), want)
	equal(t, w.news(t, w.a, rev), []teleplay.Event{{Kind: "file", Action: "changed", ID: f.ID}})

	_, err := w.ChangeFile(ctx, w.a, f.ID, teleplay.FileChange{Name: ptr("\t ")})
	wantErr(t, err, teleplay.ErrInvalid, "")
	_, err = w.ChangeFile(ctx, w.a, f.ID, teleplay.FileChange{Name: ptr("other"), Folder: ptr(int32(77))})
	wantErr(t, err, teleplay.ErrNotFound, "")
	equal(t, must(w.File(ctx, w.a, f.ID))(t), want) // all or nothing

	rev = w.rev(t, w.a)
	ok(t, w.TrashFile(ctx, w.a, f.ID))
	_, err = w.File(ctx, w.a, f.ID)
	wantErr(t, err, teleplay.ErrNotFound, "")
	wantErr(t, w.TrashFile(ctx, w.a, f.ID), teleplay.ErrNotFound, "")
	equal(t, must(w.ChannelDeletes(ctx, 10))(t), []int32(nil)) // the message goes at purge
	ok(t, w.PurgeFile(ctx, w.a, f.ID))
	equal(t, must(w.ChannelDeletes(ctx, 10))(t), []int32{f.Message})
	wantErr(t, w.PurgeFile(ctx, w.a, f.ID), teleplay.ErrNotFound, "")
	removed := teleplay.Event{Kind: "file", Action: "removed", ID: f.ID}
	equal(t, w.news(t, w.a, rev), []teleplay.Event{removed, removed})

	live := w.file(t, w.a, "live.mp4", 0) // from no trash
	must(w.SaveProgress(ctx, w.a, live.ID, teleplay.ProgressUpdate{Position: 5}))(t)
	ok(t, w.SetThumb(ctx, live.ID, teleplay.Thumb{Bytes: []byte("jpeg")}))
	ok(t, w.PurgeFile(ctx, w.a, live.ID))
	equal(t, must(w.ChannelDeletes(ctx, 10))(t), []int32{f.Message, live.Message})
}

func testNames(t *testing.T, w *world) {
	ctx := t.Context()
	f := w.file(t, w.a, "x", 0)
	for _, good := range []string{"AC/DC", "Amélie.mkv", "七人の侍", "..", strings.Repeat("n", 255), `a\b%_"'`} {
		equal(t, must(w.ChangeFile(ctx, w.a, f.ID, teleplay.FileChange{Name: &good}))(t).Name, good)
	}
	for _, bad := range []string{"", "   ", "a\nb", "a\x00b", "a\x7f", "\xff", strings.Repeat("n", 256)} {
		_, err := w.ChangeFile(ctx, w.a, f.ID, teleplay.FileChange{Name: &bad})
		wantErr(t, err, teleplay.ErrInvalid, "")
		_, err = w.AddFolder(ctx, w.a, bad, 0)
		wantErr(t, err, teleplay.ErrInvalid, "")
	}
	// What a sender wrote is never refused.
	for sent, kept := range map[string]string{
		"":                                "file",
		"\r\n":                            "file",
		"a\r\nb.mp4":                      "a  b.mp4",
		"bad \xff.mp4":                    "bad \uFFFD.mp4",
		strings.Repeat("é", 200) + ".mp4": strings.Repeat("é", 125) + ".mp4",
		strings.Repeat("n", 300):          strings.Repeat("n", 255),
		"." + strings.Repeat("n", 300):    "." + strings.Repeat("n", 254),
	} {
		got := w.file(t, w.a, sent, 0).Name
		if got != kept || len(got) > 255 || !utf8.ValidString(got) {
			t.Errorf("%q is kept as %q, want %q", sent, got, kept)
		}
	}
	u := w.upload(w.a, "wild")
	u.File.MIME, u.File.Duration, u.File.Width, u.File.Height = "video/mp4\r\nX: y", math.NaN(), -1, 5
	u.File.Placeholder, u.File.Folder, u.File.Date = make([]byte, 1<<20), 77, time.Time{}
	got := must(w.AddFile(ctx, u))(t)
	if got.MIME != "" || got.Duration != 0 || got.Width != 0 || got.Height != 0 || got.Placeholder != nil || got.Folder != 0 || got.Date != w.clock.Now() {
		t.Errorf("kept %+v", got)
	}
}

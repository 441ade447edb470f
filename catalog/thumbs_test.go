package catalog_test

import (
	"testing"

	"github.com/teleplay/teleplay"
)

func testThumbs(t *testing.T, w *world) {
	ctx := t.Context()
	var files []teleplay.File
	for range 3 {
		u := w.upload(w.a, "x")
		u.Thumb = true
		files = append(files, must(w.AddFile(ctx, u))(t))
	}
	w.file(t, w.a, "none", 0)
	due := func() (ids []int32) {
		t.Helper()
		for _, f := range must(w.ThumbsDue(ctx, 2))(t) {
			ids = append(ids, f.ID)
		}
		return ids
	}
	equal(t, due(), []int32{files[0].ID, files[1].ID})
	_, err := w.Thumb(ctx, w.a, files[0].ID)
	wantErr(t, err, teleplay.ErrNotFound, "")

	rev := w.rev(t, w.a)
	th := teleplay.Thumb{ETag: "e", Bytes: []byte("jpeg")}
	ok(t, w.SetThumb(ctx, files[0].ID, th))
	equal(t, must(w.Thumb(ctx, w.a, files[0].ID))(t), th)
	equal(t, must(w.File(ctx, w.a, files[0].ID))(t).ThumbETag, "e")
	ok(t, w.SetThumb(ctx, files[1].ID, teleplay.Thumb{})) // there is none after all
	equal(t, due(), []int32{files[2].ID})
	_, err = w.Thumb(ctx, w.a, files[1].ID)
	wantErr(t, err, teleplay.ErrNotFound, "")
	ok(t, w.SetThumb(ctx, files[2].ID, teleplay.Thumb{Bytes: make([]byte, 64<<10)}))
	if must(w.Thumb(ctx, w.a, files[2].ID))(t).ETag == "" {
		t.Error("no ETag")
	}
	equal(t, due(), []int32(nil))
	equal(t, len(w.news(t, w.a, rev)), 3)

	wantErr(t, w.SetThumb(ctx, files[2].ID, teleplay.Thumb{Bytes: make([]byte, 64<<10+1)}), teleplay.ErrInvalid, "too_large")
	wantErr(t, w.SetThumb(ctx, 77, th), teleplay.ErrNotFound, "")
	ok(t, w.SetThumb(ctx, files[0].ID, teleplay.Thumb{})) // what is there is not lost
	equal(t, must(w.Thumb(ctx, w.a, files[0].ID))(t), th)
	ok(t, w.TrashFile(ctx, w.a, files[0].ID))
	_, err = w.Thumb(ctx, w.a, files[0].ID)
	wantErr(t, err, teleplay.ErrNotFound, "")
}

package catalog_test

import (
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

func folderNames(folders []teleplay.Folder) (names []string) {
	for _, f := range folders {
		names = append(names, f.Name)
	}
	return names
}

func testFolders(t *testing.T, w *world) {
	ctx := t.Context()
	rev := w.rev(t, w.a)
	f := must(w.AddFolder(ctx, w.a, " Süßes ", 0))(t)
	equal(t, f, teleplay.Folder{ID: f.ID, User: w.a, Name: "Süßes", Created: w.clock.Now(), Updated: w.clock.Now()})
	for _, same := range []string{"Süßes", "SÜSSES", "su\u0308sses"} {
		_, err := w.AddFolder(ctx, w.a, same, 0)
		wantErr(t, err, teleplay.ErrConflict, "name_taken")
	}
	below := w.folder(t, w.a, "Süßes", f.ID) // another place
	w.folder(t, w.b, "Süßes", 0)             // another user
	_, err := w.AddFolder(ctx, w.a, "x", 77)
	wantErr(t, err, teleplay.ErrNotFound, "")
	_, err = w.AddFolder(ctx, 77, "x", 0)
	wantErr(t, err, teleplay.ErrNotFound, "")

	w.clock.advance(time.Minute)
	got := must(w.ChangeFolder(ctx, w.a, f.ID, teleplay.FolderChange{Name: ptr("SÜSSES")}))(t) // its own name is free
	f.Name, f.Updated = "SÜSSES", w.clock.Now()
	equal(t, got, f)
	equal(t, must(w.ChangeFolder(ctx, w.a, f.ID, teleplay.FolderChange{}))(t), f)
	_, err = w.ChangeFolder(ctx, w.a, below, teleplay.FolderChange{Parent: ptr(int32(0))})
	wantErr(t, err, teleplay.ErrConflict, "name_taken")
	deep := w.folder(t, w.a, "deep", below)
	for _, in := range []int32{f.ID, below, deep} {
		_, err = w.ChangeFolder(ctx, w.a, f.ID, teleplay.FolderChange{Parent: &in})
		wantErr(t, err, teleplay.ErrConflict, "folder_cycle")
	}
	_, err = w.ChangeFolder(ctx, w.a, f.ID, teleplay.FolderChange{Parent: ptr(int32(77))})
	wantErr(t, err, teleplay.ErrNotFound, "")
	equal(t, must(w.ChangeFolder(ctx, w.a, deep, teleplay.FolderChange{Parent: ptr(int32(0)), Name: ptr("up")}))(t).Parent, int32(0))
	_, err = w.ChangeFolder(ctx, w.a, 0, teleplay.FolderChange{Name: ptr("root")})
	wantErr(t, err, teleplay.ErrNotFound, "")
	equal(t, w.news(t, w.a, rev), []teleplay.Event{
		{Kind: "folder", Action: "added", ID: f.ID}, {Kind: "folder", Action: "added", ID: below},
		{Kind: "folder", Action: "changed", ID: f.ID}, {Kind: "folder", Action: "added", ID: deep}, {Kind: "folder", Action: "changed", ID: deep},
	})

	ok(t, w.TrashFolder(ctx, w.a, f.ID, nil)) // its name is free then
	w.folder(t, w.a, "Süßes", 0)
}

func testFolderTree(t *testing.T, w *world) {
	ctx := t.Context()
	series := w.folder(t, w.a, "Series", 0)
	s10 := w.folder(t, w.a, "Season 10", series)
	s9 := w.folder(t, w.a, "season 9", series)
	w.folder(t, w.a, "Films", 0)
	other := w.folder(t, w.b, "Other", 0)
	w.file(t, w.b, "other", other)
	first := w.file(t, w.a, "e1", s9)
	w.file(t, w.a, "e2", s10)
	w.file(t, w.a, "e10", s10)
	w.file(t, w.a, "extra", series)
	w.file(t, w.a, "E9", s10)
	w.file(t, w.a, "rootfile", 0)
	ok(t, w.TrashFile(ctx, w.a, w.file(t, w.a, "gone", s10).ID))

	roots := must(w.Folders(ctx, w.a, ptr(int32(0))))(t)
	equal(t, folderNames(roots), []string{"Films", "Series"})
	equal(t, []int{roots[0].Files, roots[0].Total, roots[1].Files, roots[1].Total}, []int{0, 0, 1, 5})
	equal(t, names(roots[1].Preview), []string{"E9", "extra", "e10", "e2"})
	equal(t, len(roots[0].Preview), 0)
	equal(t, folderNames(must(w.Folders(ctx, w.a, &series))(t)), []string{"season 9", "Season 10"})
	equal(t, folderNames(must(w.Folders(ctx, w.a, nil))(t)), []string{"Films", "season 9", "Season 10", "Series"})
	_, err := w.Folders(ctx, w.a, ptr(int32(77)))
	wantErr(t, err, teleplay.ErrNotFound, "")

	v := must(w.FolderView(ctx, w.a, s10))(t)
	equal(t, must(w.Folder(ctx, w.a, s10))(t), v.Folder)
	equal(t, v.Folder.Name, "Season 10")
	equal(t, v.Folder.Files, 3)
	equal(t, names(v.Files), []string{"e2", "E9", "e10"})
	equal(t, folderNames(v.Path), []string{"Series"})
	equal(t, v.Path[0].Total, 5)
	equal(t, len(v.Subfolders), 0)

	v = must(w.FolderView(ctx, w.a, 0))(t)
	equal(t, v.Folder.ID, int32(0))
	equal(t, []int{v.Folder.Files, v.Folder.Total}, []int{1, 6})
	equal(t, names(v.Folder.Preview), []string{"rootfile", "E9", "extra", "e10"})
	equal(t, folderNames(v.Subfolders), []string{"Films", "Series"})
	equal(t, names(v.Files), []string{"rootfile"})
	equal(t, len(v.Path), 0)

	ok(t, w.SetThumb(ctx, first.ID, teleplay.Thumb{ETag: "t", Bytes: []byte("jpeg")}))
	must(w.SaveProgress(ctx, w.a, first.ID, teleplay.ProgressUpdate{Position: 7}))(t)
	p := must(w.FolderView(ctx, w.a, s9))(t).Folder.Preview[0] // previews are whole files
	equal(t, p, must(w.File(ctx, w.a, first.ID))(t))
	if p.ThumbETag != "t" || p.Progress == nil || p.Progress.Position != 7 {
		t.Fatalf("preview %+v", p)
	}
}

func testBranch(t *testing.T, w *world) {
	ctx := t.Context()
	type branch struct{ top, sub, aside int32 }
	grow := func() (b branch, in, deep, trashed teleplay.File) {
		b.top = w.folder(t, w.a, "top", 0)
		b.sub = w.folder(t, w.a, "sub", b.top)
		b.aside = w.folder(t, w.a, "aside "+w.clock.Now().String(), 0)
		in, deep, trashed = w.file(t, w.a, "in", b.top), w.file(t, w.a, "deep", b.sub), w.file(t, w.a, "trashed", b.sub)
		ok(t, w.TrashFile(ctx, w.a, trashed.ID))
		return
	}
	gone := func(files ...teleplay.File) {
		t.Helper()
		for _, f := range files {
			_, err := w.File(ctx, w.a, f.ID)
			wantErr(t, err, teleplay.ErrNotFound, "")
		}
	}

	b, in, deep, trashed := grow()
	rev := w.rev(t, w.a)
	ok(t, w.TrashFolder(ctx, w.a, b.top, nil))
	gone(in, deep)
	for _, id := range []int32{b.top, b.sub} {
		_, err := w.FolderView(ctx, w.a, id)
		wantErr(t, err, teleplay.ErrNotFound, "")
		wantErr(t, w.TrashFolder(ctx, w.a, id, nil), teleplay.ErrNotFound, "")
	}
	equal(t, w.news(t, w.a, rev), []teleplay.Event{{Kind: "folder", Action: "removed", ID: b.top}})
	equal(t, must(w.ChannelDeletes(ctx, 10))(t), []int32(nil))
	must(w.SaveProgress(ctx, w.a, w.file(t, w.a, "else", 0).ID, teleplay.ProgressUpdate{}))(t)
	ok(t, w.PurgeFolder(ctx, w.a, b.top, nil)) // from the trash
	equal(t, must(w.ChannelDeletes(ctx, 10))(t), []int32{in.Message, deep.Message, trashed.Message})
	ok(t, w.ChannelDeleted(ctx, []int32{in.Message, deep.Message, trashed.Message}))
	wantErr(t, w.PurgeFolder(ctx, w.a, b.top, nil), teleplay.ErrNotFound, "")

	b, in, deep, trashed = grow()
	wantErr(t, w.TrashFolder(ctx, w.a, b.top, &b.sub), teleplay.ErrConflict, "folder_cycle")
	wantErr(t, w.PurgeFolder(ctx, w.a, b.top, &b.top), teleplay.ErrConflict, "folder_cycle")
	wantErr(t, w.TrashFolder(ctx, w.a, b.top, ptr(int32(77))), teleplay.ErrNotFound, "")
	rev = w.rev(t, w.a)
	ok(t, w.TrashFolder(ctx, w.a, b.top, &b.aside))
	equal(t, must(w.File(ctx, w.a, in.ID))(t).Folder, b.aside)
	equal(t, must(w.File(ctx, w.a, deep.ID))(t).Folder, b.aside)
	gone(trashed)
	events := w.news(t, w.a, rev)
	equal(t, len(events), 3)
	equal(t, events[2], teleplay.Event{Kind: "folder", Action: "removed", ID: b.top})

	b, in, deep, trashed = grow()
	must(w.SaveProgress(ctx, w.a, in.ID, teleplay.ProgressUpdate{Position: 3}))(t)
	ok(t, w.SetThumb(ctx, in.ID, teleplay.Thumb{Bytes: []byte("jpeg")}))
	ok(t, w.PurgeFolder(ctx, w.a, b.top, ptr(int32(0))))
	equal(t, must(w.File(ctx, w.a, in.ID))(t).Folder, int32(0))
	equal(t, must(w.File(ctx, w.a, deep.ID))(t).Folder, int32(0))
	equal(t, must(w.ChannelDeletes(ctx, 10))(t), []int32{trashed.Message})

	b, in, _, _ = grow()
	must(w.SaveProgress(ctx, w.a, in.ID, teleplay.ProgressUpdate{Position: 3}))(t)
	ok(t, w.SetThumb(ctx, in.ID, teleplay.Thumb{Bytes: []byte("jpeg")}))
	ok(t, w.PurgeFolder(ctx, w.a, b.top, nil))
	wantErr(t, w.TrashFolder(ctx, w.a, 0, nil), teleplay.ErrNotFound, "") // the root stays
	wantErr(t, w.PurgeFolder(ctx, w.a, 0, nil), teleplay.ErrNotFound, "")
}

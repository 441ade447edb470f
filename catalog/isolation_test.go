package catalog_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/catalog"
)

// testIsolation calls every method that takes a user and an object with the
// objects of another user, with ids of nothing and with deleted ones: all three
// are the same error, and the other's library stays as it was.
func testIsolation(t *testing.T, w *world) {
	ctx := t.Context()
	folder := w.folder(t, w.a, "Private", 0)
	file := w.file(t, w.a, "private.mp4", folder)
	ok(t, w.SetThumb(ctx, file.ID, teleplay.Thumb{Bytes: []byte("jpeg")}))
	must(w.SaveProgress(ctx, w.a, file.ID, teleplay.ProgressUpdate{Position: 3}))(t)
	code := must(w.AddCode(ctx, w.device("TV")))(t)
	must(w.ClaimCode(ctx, code.Code, w.a))(t)
	own, ownFolder := w.file(t, w.b, "own", 0), w.folder(t, w.b, "own", 0)
	deletedFile, deletedFolder := w.file(t, w.b, "deleted", 0).ID, w.folder(t, w.b, "deleted", 0)
	ok(t, w.PurgeFile(ctx, w.b, deletedFile))
	ok(t, w.PurgeFolder(ctx, w.b, deletedFolder, nil))
	trashedFile, trashedFolder := w.file(t, w.b, "trashed", 0).ID, w.folder(t, w.b, "trashed", 0)
	ok(t, w.TrashFile(ctx, w.b, trashedFile))
	ok(t, w.TrashFolder(ctx, w.b, trashedFolder, nil))

	type call struct {
		kind string // of the object
		f    func(id int32) error
	}
	calls := map[string][]call{
		"File":           {{"file", func(id int32) error { _, err := w.File(ctx, w.b, id); return err }}},
		"Thumb":          {{"thumb", func(id int32) error { _, err := w.Thumb(ctx, w.b, id); return err }}},
		"TrashFile":      {{"file", func(id int32) error { return w.TrashFile(ctx, w.b, id) }}},
		"PurgeFile":      {{"purge file", func(id int32) error { return w.PurgeFile(ctx, w.b, id) }}},
		"Progress":       {{"file", func(id int32) error { _, err := w.Progress(ctx, w.b, id); return err }}},
		"ForgetProgress": {{"file", func(id int32) error { return w.ForgetProgress(ctx, w.b, id) }}},
		"SaveProgress": {{"file", func(id int32) error {
			_, err := w.SaveProgress(ctx, w.b, id, teleplay.ProgressUpdate{Position: 99})
			return err
		}}},
		"ChangeFile": {
			{"file", func(id int32) error {
				_, err := w.ChangeFile(ctx, w.b, id, teleplay.FileChange{Name: ptr("stolen")})
				return err
			}},
			{"folder", func(id int32) error {
				_, err := w.ChangeFile(ctx, w.b, own.ID, teleplay.FileChange{Folder: &id})
				return err
			}},
		},
		"Files":      {{"folder", func(id int32) error { _, err := w.Files(ctx, w.b, teleplay.FileQuery{Folder: &id}); return err }}},
		"Folders":    {{"folder", func(id int32) error { _, err := w.Folders(ctx, w.b, &id); return err }}},
		"Folder":     {{"folder", func(id int32) error { _, err := w.Folder(ctx, w.b, id); return err }}},
		"FolderView": {{"folder", func(id int32) error { _, err := w.FolderView(ctx, w.b, id); return err }}},
		"AddFolder":  {{"folder", func(id int32) error { _, err := w.AddFolder(ctx, w.b, "x", id); return err }}},
		"ChangeFolder": {
			{"folder", func(id int32) error {
				_, err := w.ChangeFolder(ctx, w.b, id, teleplay.FolderChange{Name: ptr("stolen")})
				return err
			}},
			{"folder", func(id int32) error {
				_, err := w.ChangeFolder(ctx, w.b, ownFolder, teleplay.FolderChange{Parent: &id})
				return err
			}},
		},
		"TrashFolder": {
			{"folder", func(id int32) error { return w.TrashFolder(ctx, w.b, id, nil) }},
			{"folder", func(id int32) error { return w.TrashFolder(ctx, w.b, ownFolder, &id) }},
		},
		"PurgeFolder": {
			{"purge folder", func(id int32) error { return w.PurgeFolder(ctx, w.b, id, nil) }},
			{"folder", func(id int32) error { return w.PurgeFolder(ctx, w.b, ownFolder, &id) }},
		},
		"AnswerCode": {{"code", func(id int32) error { _, err := w.AnswerCode(ctx, id, w.b, 47); return err }}},
		"ClaimCode":  {{"", func(int32) error { _, err := w.ClaimCode(ctx, code.Code, w.b); return err }}},
		// No object of anybody in their arguments but the user; what they list is
		// looked at below and in their own tests.
		"Events": nil, "Rev": nil, "User": nil, "AddKey": nil,
		// The caller of these is no person but the bot or the login: an id is all
		// that a job or a checked token has.
		"SetThumb": nil, "Session": nil, "RotateSession": nil, "RevokeSession": nil, "SpendCode": nil,
	}
	for m := range reflect.TypeFor[*catalog.DB]().Methods() {
		for i := range m.Type.NumIn() {
			if _, listed := calls[m.Name]; !listed && m.Type.In(i) == reflect.TypeFor[int32]() && m.Name != "Received" && m.Name != "StrikeOff" {
				t.Errorf("%s takes an id and is not checked here", m.Name)
			}
		}
	}

	before := w.everything(t, w.a, folder, file.ID)
	for name, list := range calls {
		for _, c := range list {
			ids := []int32{77}
			switch c.kind {
			case "file", "thumb":
				ids = append(ids, file.ID, deletedFile, trashedFile)
			case "purge file":
				ids = append(ids, file.ID, deletedFile)
			case "folder":
				ids = append(ids, folder, deletedFolder, trashedFolder)
			case "purge folder":
				ids = append(ids, folder, deletedFolder)
			case "code":
				ids = append(ids, code.ID)
			}
			for _, id := range ids {
				err := c.f(id)
				if !errors.Is(err, teleplay.ErrNotFound) {
					t.Errorf("%s of id %d (%s): %v", name, id, c.kind, err)
				} else if unknown := c.f(77); err.Error() != unknown.Error() {
					t.Errorf("%s tells a foreign object %q from an unknown one %q", name, err, unknown)
				}
			}
		}
	}
	equal(t, w.everything(t, w.a, folder, file.ID), before)

	equal(t, names(must(w.Files(ctx, w.b, teleplay.FileQuery{}))(t).Files), []string{"own"})
	equal(t, must(w.Files(ctx, w.b, teleplay.FileQuery{IDsOnly: true}))(t).IDs, []int32{own.ID})
	equal(t, must(w.Files(ctx, w.b, teleplay.FileQuery{Search: "private"}))(t).Total, 0)
	equal(t, folderNames(must(w.Folders(ctx, w.b, nil))(t)), []string{"own"})
	v := must(w.FolderView(ctx, w.b, 0))(t)
	equal(t, []int{v.Folder.Files, v.Folder.Total, len(v.Files), len(v.Subfolders)}, []int{1, 1, 1, 1})
}

// everything is what user sees of one folder and file.
func (w *world) everything(t *testing.T, user, folder, file int32) []any {
	ctx := context.Background()
	return []any{
		must(w.Files(ctx, user, teleplay.FileQuery{}))(t), must(w.Folders(ctx, user, nil))(t), must(w.FolderView(ctx, user, folder))(t),
		must(w.File(ctx, user, file))(t), must(w.Thumb(ctx, user, file))(t), w.rev(t, user),
	}
}

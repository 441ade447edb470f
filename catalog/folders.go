package catalog

import (
	"context"

	"github.com/teleplay/teleplay"
)

const selectFolder = `SELECT id, user_id, parent_id, name, created_at, updated_at FROM folders `

func scanFolder(s scanner) (f teleplay.Folder, err error) {
	err = s.Scan(&f.ID, &f.User, (*ref)(&f.Parent), &f.Name, (*stamp)(&f.Created), (*stamp)(&f.Updated))
	return f, err
}

// Folders are the folders directly under parent, by name; all of them, flat, for
// nil.
func (d *DB) Folders(ctx context.Context, user int32, parent *int32) (folders []teleplay.Folder, err error) {
	err = d.read(ctx, "list folders", func(t *tx) error {
		tr, err := t.tree(user)
		if err != nil {
			return err
		}
		var ids []int32
		if parent == nil {
			ids = tr.flat
		} else if tr.folders[*parent] == nil {
			return teleplay.Fail(teleplay.ErrNotFound, "", noFolder)
		} else {
			ids = tr.below[*parent]
		}
		shown, err := t.show(tr, ids)
		if err == nil {
			folders = shown[0]
		}
		return err
	})
	return folders, err
}

// Folder is one folder.
func (d *DB) Folder(ctx context.Context, user, id int32) (f teleplay.Folder, err error) {
	err = d.read(ctx, "read folder", func(t *tx) error {
		tr, err := t.tree(user)
		if err != nil {
			return err
		}
		if id == 0 || tr.folders[id] == nil {
			return teleplay.Fail(teleplay.ErrNotFound, "", noFolder)
		}
		shown, err := t.show(tr, []int32{id})
		if err == nil {
			f = shown[0][0]
		}
		return err
	})
	return f, err
}

// FolderView is a folder with what lies directly in it; id 0 is the root.
func (d *DB) FolderView(ctx context.Context, user, id int32) (v teleplay.FolderView, err error) {
	err = d.read(ctx, "read folder", func(t *tx) error {
		tr, err := t.tree(user)
		if err != nil {
			return err
		}
		if tr.folders[id] == nil {
			return teleplay.Fail(teleplay.ErrNotFound, "", noFolder)
		}
		shown, err := t.show(tr, []int32{id}, tr.below[id], tr.path(id))
		if err != nil {
			return err
		}
		v.Folder, v.Subfolders, v.Path = shown[0][0], shown[1], shown[2]
		v.Files, err = list(t, scanFile, selectFile+`WHERE f.user_id = $1 AND coalesce(f.folder_id, 0) = $2 AND f.deleted_at IS NULL ORDER BY f.name_sort, f.id`, user, id)
		return err
	})
	return v, err
}

// AddFolder makes a folder. ErrConflict name_taken if one of that name is there.
func (d *DB) AddFolder(ctx context.Context, user int32, name string, parent int32) (f teleplay.Folder, err error) {
	if name, err = goodName(name); err != nil {
		return f, err
	}
	err = d.write(ctx, "add folder", func(t *tx) error {
		if err := t.lockUser(user); err != nil {
			return err
		}
		if err := t.needFolder(user, parent); err != nil {
			return err
		}
		if err := t.nameFree(user, parent, 0, name); err != nil {
			return err
		}
		f = teleplay.Folder{User: user, Parent: parent, Name: name, Created: t.now, Updated: t.now}
		if f.ID, err = t.newID("folders"); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO folders (id, user_id, parent_id, name, name_key, name_sort, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
			f.ID, user, ref(parent), name, nameKey(name), nameSort(name), stamp(t.now)); err != nil {
			return err
		}
		return t.event(user, "folder", "added", f.ID)
	})
	return f, err
}

// ChangeFolder renames or moves a folder. ErrConflict folder_cycle if it would lie
// in its own branch, name_taken as for AddFolder.
func (d *DB) ChangeFolder(ctx context.Context, user, id int32, c teleplay.FolderChange) (f teleplay.Folder, err error) {
	err = d.write(ctx, "change folder", func(t *tx) error {
		if err := t.lockUser(user); err != nil {
			return err
		}
		if f, err = scanFolder(t.row(selectFolder+`WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`, user, id)); err != nil {
			return found(err, noFolder)
		}
		before := f
		if c.Name != nil {
			if f.Name, err = goodName(*c.Name); err != nil {
				return err
			}
		}
		if c.Parent != nil {
			f.Parent = *c.Parent
			if err := t.needFolder(user, f.Parent); err != nil {
				return err
			}
			if err := t.needOutside(user, id, f.Parent); err != nil {
				return err
			}
		}
		if f.Name != before.Name || f.Parent != before.Parent {
			if err := t.nameFree(user, f.Parent, id, f.Name); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE folders SET parent_id = $3, name = $4, name_key = $5, name_sort = $6, updated_at = $7 WHERE user_id = $1 AND id = $2`,
				user, id, ref(f.Parent), f.Name, nameKey(f.Name), nameSort(f.Name), stamp(t.now)); err != nil {
				return err
			}
			if err := t.event(user, "folder", "changed", id); err != nil {
				return err
			}
		}
		tr, err := t.tree(user)
		if err != nil {
			return err
		}
		shown, err := t.show(tr, []int32{id})
		if err == nil {
			f = shown[0][0]
		}
		return err
	})
	return f, err
}

// needFolder refuses a folder that is not a live one of the user; 0, the root,
// always is.
func (t *tx) needFolder(user, id int32) error {
	if id == 0 {
		return nil
	}
	there, err := t.has(`SELECT 1 FROM folders WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL`, user, id)
	if err == nil && !there {
		return teleplay.Fail(teleplay.ErrNotFound, "", noFolder)
	}
	return err
}

// nameFree refuses a name that another live folder than self has under parent.
func (t *tx) nameFree(user, parent, self int32, name string) error {
	taken, err := t.has(`SELECT 1 FROM folders WHERE user_id = $1 AND coalesce(parent_id, 0) = $2 AND name_key = $3 AND id <> $4 AND deleted_at IS NULL`,
		user, parent, nameKey(name), self)
	if err == nil && taken {
		return teleplay.Fail(teleplay.ErrConflict, "name_taken", "There is a folder of that name already: choose another name.")
	}
	return err
}

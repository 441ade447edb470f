package catalog

import (
	"context"
	"slices"

	"github.com/teleplay/teleplay"
)

// branch begins a query over the ids of folder $2 of user $1 and all below it,
// whether in the trash or not. UNION, not UNION ALL: a cycle, were there one,
// would end.
const branch = `WITH RECURSIVE branch (id) AS (
	SELECT id FROM folders WHERE user_id = $1 AND id = $2
	UNION
	SELECT c.id FROM folders c JOIN branch b ON c.parent_id = b.id WHERE c.user_id = $1) `

// needOutside refuses a target for folder id that lies in its own branch.
func (t *tx) needOutside(user, id, target int32) error {
	inside, err := t.has(branch+`SELECT 1 FROM branch WHERE id = $3`, user, id, target)
	if err == nil && inside {
		return teleplay.Fail(teleplay.ErrConflict, "folder_cycle", "A folder cannot go into itself or a folder inside it: choose another place.")
	}
	return err
}

// TrashFolder puts a folder with its whole branch into the trash, as one item:
// all that goes with it has the same deleted_at. With moveFilesTo (0 = root) the
// branch's files move there first and stay. ErrConflict folder_cycle if that is in
// the branch.
func (d *DB) TrashFolder(ctx context.Context, user, id int32, moveFilesTo *int32) error {
	return d.write(ctx, "trash folder", func(t *tx) error {
		if err := t.lockUser(user); err != nil {
			return err
		}
		if id == 0 {
			return teleplay.Fail(teleplay.ErrNotFound, "", noFolder)
		}
		if err := t.needFolder(user, id); err != nil {
			return err
		}
		if err := t.moveFiles(user, id, moveFilesTo); err != nil {
			return err
		}
		for _, query := range []string{
			`UPDATE files SET deleted_at = $3 WHERE user_id = $1 AND deleted_at IS NULL AND folder_id IN (SELECT id FROM branch)`,
			`UPDATE folders SET deleted_at = $3 WHERE user_id = $1 AND deleted_at IS NULL AND id IN (SELECT id FROM branch)`,
		} {
			if _, err := t.exec(branch+query, user, id, stamp(t.now)); err != nil {
				return err
			}
		}
		return t.event(user, "folder", "removed", id)
	})
}

// PurgeFolder drops a folder, from the trash too, with its whole branch, and notes
// that the files' storage messages are to be deleted. moveFilesTo as for
// TrashFolder; files that were in the trash before do not move.
func (d *DB) PurgeFolder(ctx context.Context, user, id int32, moveFilesTo *int32) error {
	return d.write(ctx, "purge folder", func(t *tx) error {
		if err := t.lockUser(user); err != nil {
			return err
		}
		there, err := t.has(`SELECT 1 FROM folders WHERE user_id = $1 AND id = $2`, user, id)
		if err != nil {
			return err
		}
		if !there {
			return teleplay.Fail(teleplay.ErrNotFound, "", noFolder)
		}
		if err := t.moveFiles(user, id, moveFilesTo); err != nil {
			return err
		}
		if err := t.dropFiles(branch, `folder_id IN (SELECT id FROM branch)`, user, id); err != nil {
			return err
		}
		// In one statement, so that no folder ever lacks its parent.
		if _, err := t.exec(branch+`DELETE FROM folders WHERE user_id = $1 AND id IN (SELECT id FROM branch)`, user, id); err != nil {
			return err
		}
		return t.event(user, "folder", "removed", id)
	})
}

// moveFiles moves the live files of folder id's branch into another folder.
func (t *tx) moveFiles(user, id int32, to *int32) error {
	if to == nil {
		return nil
	}
	if err := t.needFolder(user, *to); err != nil {
		return err
	}
	if err := t.needOutside(user, id, *to); err != nil {
		return err
	}
	moved, err := list(t, scanID, branch+`UPDATE files SET folder_id = $3, updated_at = $4
		WHERE user_id = $1 AND deleted_at IS NULL AND folder_id IN (SELECT id FROM branch) RETURNING id`, user, id, ref(*to), stamp(t.now))
	if err != nil {
		return err
	}
	slices.Sort(moved) // RETURNING promises no order
	for _, file := range moved {
		if err := t.event(user, "file", "changed", file); err != nil {
			return err
		}
	}
	return nil
}

package api

import (
	"context"
	"errors"

	"github.com/teleplay/teleplay"
)

// listFolders answers GET /api/folders.
func (a *API) listFolders(ctx context.Context, q *request) error {
	parent, err := q.queryFolder("parent_id")
	if err != nil {
		return err
	}
	all, err := q.queryFlag("all")
	if err != nil {
		return err
	}
	switch {
	case all:
		parent = nil
	case parent == nil:
		parent = new(int32) // the roots, as old apps mean it
	}
	list, err := a.lib.Folders(ctx, q.user.ID, parent)
	if errors.Is(err, teleplay.ErrNotFound) {
		list, err = nil, nil // old apps expect an empty list under an unknown folder
	}
	if err != nil {
		return err
	}
	q.answer(200, a.folderShapes(list))
	return nil
}

// addFolder answers POST /api/folders.
func (a *API) addFolder(ctx context.Context, q *request) error {
	var in struct {
		Name   *string `json:"name"`
		Parent *int32  `json:"parent_id"`
	}
	if err := q.body(&in); err != nil {
		return err
	}
	if in.Name == nil {
		return badField("name", "is missing")
	}
	parent := int32(0)
	if in.Parent != nil {
		parent = *in.Parent
	}
	if parent < 0 {
		return badField("parent_id", "a folder is a whole number, 0 for the root")
	}
	f, err := a.lib.AddFolder(ctx, q.user.ID, *in.Name, parent)
	if err != nil {
		return err
	}
	q.answer(201, a.folderShape(f))
	return nil
}

// getFolder answers GET /api/folders/{id}; 0 is the root.
func (a *API) getFolder(ctx context.Context, q *request) error {
	s, _ := q.UserValue("id").(string)
	id, ok := parseID(s)
	if !ok {
		return badField("id", "a folder is a whole number, 0 for the root")
	}
	v, err := a.lib.FolderView(ctx, q.user.ID, id)
	if err != nil {
		return err
	}
	self := a.folderShape(v.Folder)
	a.shown(v.Files...)
	q.answer(200, folderViewShape{self, self, a.folderShapes(v.Subfolders), a.fileShapes(v.Files), a.folderShapes(v.Path)})
	return nil
}

// changeFolder answers PATCH /api/folders/{id}.
func (a *API) changeFolder(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	var in struct {
		Name   *string `json:"name"`
		Parent *int32  `json:"parent_id"`
	}
	if err := q.body(&in); err != nil {
		return err
	}
	if in.Parent != nil && *in.Parent < 0 {
		return badField("parent_id", "a folder is a whole number, 0 for the root")
	}
	f, err := a.lib.ChangeFolder(ctx, q.user.ID, id, teleplay.FolderChange{Name: in.Name, Parent: in.Parent})
	if err != nil {
		return err
	}
	q.answer(200, a.folderShape(f))
	return nil
}

// deleteFolder answers DELETE /api/folders/{id}.
func (a *API) deleteFolder(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	moveTo, err := q.queryFolder("move_files_to")
	if err != nil {
		return err
	}
	forGood, err := q.queryFlag("permanent")
	if err != nil {
		return err
	}
	if forGood {
		err = a.lib.PurgeFolder(ctx, q.user.ID, id, moveTo)
	} else {
		err = a.lib.TrashFolder(ctx, q.user.ID, id, moveTo)
	}
	if err != nil {
		return err
	}
	q.answer(200, messageShape{"Folder deleted."})
	return nil
}

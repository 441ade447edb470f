package api

import (
	"context"
	"errors"

	"github.com/teleplay/teleplay"
)

// listFiles answers GET /api/files.
func (a *API) listFiles(ctx context.Context, q *request) error {
	query, err := fileQuery(q)
	if err != nil {
		return err
	}
	list, err := a.lib.Files(ctx, q.user.ID, query)
	if errors.Is(err, teleplay.ErrNotFound) {
		// Old apps expect an empty list of an unknown folder.
		list, err = teleplay.FileList{Page: query.Page, PerPage: query.PerPage}, nil
	}
	if err != nil {
		return err
	}
	a.shown(list.Files...)
	out := fileListShape{a.fileShapes(list.Files), list.Total, list.Page, list.PerPage, text(list.NextCursor), nil}
	if query.IDsOnly {
		ids := append([]int32{}, list.IDs...)
		out.IDs = &ids
	}
	q.answer(200, out)
	return nil
}

// fileQuery reads what a list is asked for. Neither folder nor filter is the root;
// a search or a type looks through all folders.
func fileQuery(q *request) (teleplay.FileQuery, error) {
	var out teleplay.FileQuery
	var err error
	if out.Folder, err = q.queryFolder("folder_id"); err != nil {
		return out, err
	}
	if s := q.query("search"); s != nil {
		if out.Search = *s; len(out.Search) > 256 {
			return out, badField("search", "at most 256 bytes")
		}
	}
	if s := q.query("file_type"); s != nil {
		out.Kind = teleplay.FileKind(*s)
	}
	if out.Folder == nil && out.Search == "" && out.Kind == "" {
		out.Folder = new(int32)
	}
	if out.Sort, err = q.queryWord("sort", "created_at", "name", "size", "duration", "watched_at"); err != nil {
		return out, err
	}
	order, err := q.queryWord("order", "asc", "desc")
	if err != nil {
		return out, err
	}
	out.Asc = order == "asc" || (order == "" && out.Sort == "name")
	if out.Page, err = q.queryInt("page", 1, 1, 1<<31-1); err != nil {
		return out, err
	}
	if out.PerPage, err = q.queryInt("per_page", 20, 1, 100); err != nil {
		return out, err
	}
	if s := q.query("cursor"); s != nil {
		out.Cursor = *s
	}
	fields, err := q.queryWord("fields", "id")
	out.IDsOnly = fields == "id"
	return out, err
}

// getFile answers GET /api/files/{id}.
func (a *API) getFile(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	f, err := a.lib.File(ctx, q.user.ID, id)
	if err != nil {
		return err
	}
	a.shown(f)
	q.answer(200, a.fileShape(f))
	return nil
}

// shown tells who prepares for the first play what a person sees.
func (a *API) shown(files ...teleplay.File) {
	if a.o.Foresee == nil || len(files) == 0 {
		return
	}
	messages := make([]int32, len(files))
	for i, f := range files {
		messages[i] = f.Message
	}
	a.o.Foresee(messages)
}

// changeFile answers PATCH /api/files/{id}.
func (a *API) changeFile(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	var in struct {
		Name   *string `json:"file_name"`
		Folder *int32  `json:"folder_id"`
	}
	if err := q.body(&in); err != nil {
		return err
	}
	if in.Folder != nil && *in.Folder < 0 {
		return badField("folder_id", "a folder is a whole number, 0 for the root")
	}
	f, err := a.lib.ChangeFile(ctx, q.user.ID, id, teleplay.FileChange{Name: in.Name, Folder: in.Folder})
	if err != nil {
		return err
	}
	q.answer(200, a.fileShape(f))
	return nil
}

// deleteFile answers DELETE /api/files/{id}.
func (a *API) deleteFile(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	forGood, err := q.queryFlag("permanent")
	if err != nil {
		return err
	}
	if forGood {
		err = a.lib.PurgeFile(ctx, q.user.ID, id)
	} else {
		err = a.lib.TrashFile(ctx, q.user.ID, id)
	}
	if err != nil {
		return err
	}
	q.answer(200, messageShape{"File deleted."})
	return nil
}

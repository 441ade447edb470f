package api

import (
	"context"
	"errors"

	"github.com/teleplay/teleplay"
)

// errNoThumb is the answer for files without a picture; see errNoRoute for those
// of others: the body is the same.
var errNoThumb = errNoRoute

// thumbnail answers GET and HEAD /api/thumbnail/{id}. The catalog keeps one
// picture of at most 640 px, and w rounds up: it is the answer to every width.
func (a *API) thumbnail(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	if w, err := q.queryWord("w", "160", "320", "640"); err != nil {
		return err
	} else if w == "" && q.QueryArgs().Has("w") {
		return badField("w", "160, 320 or 640")
	}
	t, err := a.lib.Thumb(ctx, q.user.ID, id)
	if errors.Is(err, teleplay.ErrNotFound) || (err == nil && len(t.Bytes) == 0) {
		return errNoThumb
	}
	if err != nil {
		return err
	}
	h := &q.Response.Header
	e := entity{etag: `"` + t.ETag + `"`}
	e.sign(q, "private, max-age=604800")
	h.Set("Content-Security-Policy", mediaCSP)
	if tags, there := list(q, "If-None-Match"); there && e.matches(tags, true) {
		q.SetStatusCode(304)
		return nil
	}
	h.SetContentType("image/jpeg")
	q.Response.SetBodyRaw(t.Bytes)
	return nil
}

package api

import (
	"context"
	"time"

	"github.com/teleplay/teleplay"
)

// longestFilm bounds positions, in seconds: they leave as whole numbers, and old
// apps read them as 32 bits.
const longestFilm = 1e9

// getProgress answers GET /api/files/{id}/progress.
func (a *API) getProgress(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	p, err := a.lib.Progress(ctx, q.user.ID, id)
	if err != nil {
		return err
	}
	p.User, p.File = q.user.ID, id // also where nothing is saved
	q.answer(200, a.progressShape(p))
	return nil
}

// progressIn is what a player reports. It counts though its client has hung up
// meanwhile: leaving the old TV player cancels the call in flight.
type progressIn struct {
	File      *int32   `json:"file_id"`
	Position  *float64 `json:"position"`
	Duration  *float64 `json:"duration"`
	Completed *bool    `json:"completed"`
	At        *string  `json:"at"`
}

// saveProgress answers PUT and POST /api/files/{id}/progress.
func (a *API) saveProgress(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	var in progressIn
	if err := q.body(&in); err != nil {
		return err
	}
	return a.save(ctx, q, id, in)
}

// saveProgressOf answers POST /api/tv/progress.
func (a *API) saveProgressOf(ctx context.Context, q *request) error {
	var in progressIn
	if err := q.body(&in); err != nil {
		return err
	}
	if in.File == nil || *in.File <= 0 {
		return badField("file_id", "an id is a whole number from 1 to 2147483647")
	}
	return a.save(ctx, q, *in.File, in)
}

func (a *API) save(ctx context.Context, q *request, id int32, in progressIn) error {
	if in.Position == nil {
		return badField("position", "is missing")
	}
	u := teleplay.ProgressUpdate{Position: max(0, *in.Position), Completed: in.Completed}
	if in.Duration != nil {
		u.Duration = max(0, *in.Duration)
	}
	if u.Position > longestFilm || u.Duration > longestFilm {
		return badField("position", "too large")
	}
	if in.At != nil {
		at, err := time.Parse(time.RFC3339, *in.At)
		if err != nil {
			return badField("at", "a time as in RFC 3339")
		}
		u.At = at
	}
	p, err := a.lib.SaveProgress(ctx, q.user.ID, id, u)
	if err != nil {
		return err
	}
	q.answer(200, a.progressShape(p))
	return nil
}

// forgetProgress answers DELETE /api/files/{id}/progress.
func (a *API) forgetProgress(ctx context.Context, q *request) error {
	id, err := q.pathID()
	if err != nil {
		return err
	}
	if err := a.lib.ForgetProgress(ctx, q.user.ID, id); err != nil {
		return err
	}
	q.SetStatusCode(204)
	return nil
}

package api

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/teleplay/teleplay"
)

// webLink answers POST /api/auth/web-link: the bot's one-time link. peek only
// tells whom it logs in, so that a person can decide before it is spent.
func (a *API) webLink(ctx context.Context, q *request) error {
	var in struct {
		Key  string `json:"key"`
		Peek bool   `json:"peek"`
	}
	if err := q.body(&in); err != nil {
		return err
	}
	if in.Key == "" {
		return badField("key", "is missing")
	}
	if err := a.limits.verify.take(q.address); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(in.Key))
	user, err := a.lib.KeyUser(ctx, sum[:])
	if errors.Is(err, teleplay.ErrNotFound) {
		return errOldCode
	}
	if err != nil {
		return err
	}
	if !a.listed(user) {
		return errRefused
	}
	if in.Peek {
		q.answer(200, peekShape{a.userShape(user)})
		return nil
	}
	s, err := a.newSession(q, user.ID, "", plain(string(q.UserAgent()), longestName), "web")
	if err != nil {
		return err
	}
	s, err = a.lib.SpendKey(ctx, sum[:], s)
	if errors.Is(err, teleplay.ErrNotFound) || errors.Is(err, teleplay.ErrConflict) {
		return errOldCode
	}
	if err != nil {
		return err
	}
	return a.welcome(q, user, s)
}

package api

import (
	"context"
	"errors"
	"strings"

	"github.com/teleplay/teleplay"
)

// access is who may call a route.
type access int

const (
	probe   access = iota // anybody, and never limited: probes, the web app
	anyone                // anybody
	renewer               // whoever has a refresh token
	person                // a user who is logged in
	stream                // the same, for bytes of files
	thumb                 // the same, for thumbnails
)

// authenticate finds out who asks, or says why nobody does.
func (a *API) authenticate(ctx context.Context, q *request, as access) error {
	err := error(errNoLogin)
	bearer, cookie := bearerOf(q), string(q.Request.Header.Cookie(accessCookie(q.https)))
	if bearer != "" {
		err = a.login(ctx, q, bearer, as)
		// On media any one valid credential is enough; elsewhere a dead
		// token is not covered up by a cookie.
		if err == nil || as == person {
			return err
		}
	}
	if cookie != "" {
		if unsafe(q) && !a.ownOrigin(q) {
			return errOrigin
		}
		if c := a.login(ctx, q, cookie, as); c == nil || bearer == "" {
			return c
		}
	}
	return err
}

func bearerOf(q *request) string {
	h, ok := q.header("Authorization")
	if scheme, token, cut := strings.Cut(h, " "); ok && cut && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return ""
}

func unsafe(q *request) bool { return !q.IsGet() && !q.IsHead() && !q.IsOptions() }

// login takes one access token.
func (a *API) login(ctx context.Context, q *request, token string, as access) error {
	id, c, err := a.readAccess(token)
	switch {
	case errors.Is(err, errExpired) && (as == stream || as == thumb):
		err = a.oldApp(ctx, c.Session, err)
	case err != nil:
		return err
	}
	user := teleplay.User{}
	if err == nil {
		user, err = a.admit(ctx, id, c.Session, c.Version)
	}
	if err != nil && as == thumb && errors.Is(err, teleplay.ErrDenied) && a.bare(ctx, c.Session) {
		// Five 401 at once hang the old Android app for good: its refresh queues
		// behind them.
		return errDeadLogin
	}
	if err != nil {
		return err
	}
	q.user, q.session = user, c.Session
	return nil
}

// oldApp lets an expired token of a bare code's session through while that
// session lives: old apps put it into URLs and players.
func (a *API) oldApp(ctx context.Context, session int32, expired error) error {
	s, err := a.lib.Session(ctx, session)
	switch {
	case errors.Is(err, teleplay.ErrNotFound):
		return errRevoked
	case err != nil:
		return err
	case s.Kind != teleplay.BareCode:
		return expired
	case !a.alive(s):
		return errRevoked
	}
	return nil
}

func (a *API) bare(ctx context.Context, session int32) bool {
	s, err := a.lib.Session(ctx, session)
	return err == nil && s.Kind == teleplay.BareCode
}

// sessionYears bounds a session however often it is used: one year.
const sessionYears = 1

func (a *API) alive(s teleplay.Session) bool {
	now := a.o.Now()
	return s.Revoked.IsZero() && now.Before(s.Expires) && now.Before(s.Created.AddDate(sessionYears, 0, 0))
}

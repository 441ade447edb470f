package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/teleplay/teleplay"
)

const (
	refreshPrefix = "tpr1"
	// refreshIdle is how long a session lives without a refresh.
	refreshIdle = 90 * 24 * time.Hour
	// sameSuccessor is how long a generation that was rotated out gets the current
	// one again: a lost answer, two tabs, old apps without a lock.
	sameSuccessor = 30 * time.Second
	// refreshHold is how long a refresh waits for a catalog that is away. Old apps
	// throw their login away at any answer but 2xx, so after it there is none.
	refreshHold = 20 * time.Second
)

// refreshToken is tpr1.kid.sid.n.mac: the MAC of the three with the session's
// random salt. So the same successor can be made again at any time, and a stolen
// database without JWT_SECRET makes none.
func refreshToken(k key, s teleplay.Session, generation int) string {
	head := strings.Join([]string{refreshPrefix, k.id, strconv.Itoa(int(s.ID)), strconv.Itoa(generation)}, ".")
	h := hmac.New(sha256.New, k.refresh)
	h.Write(s.Salt)
	h.Write([]byte(head))
	return head + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// refreshHash is what the catalog keeps of a token.
func refreshHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// refresh answers POST /api/auth/refresh.
func (a *API) refresh(ctx context.Context, q *request) error {
	var in struct {
		Token string `json:"refresh_token"`
		Old   string `json:"refreshToken"`
	}
	if err := q.body(&in); err != nil {
		return err
	}
	token := in.Token
	if token == "" {
		token = in.Old
	}
	if token == "" {
		if token = string(q.Request.Header.Cookie(refreshCookie(q.https))); token != "" && !a.ownOrigin(q) {
			return errOrigin
		}
	}
	switch {
	case token == "" && a.ownOrigin(q):
		return errNoLogin // a page whose cookies are gone
	case token == "":
		return badField("refresh_token", "is missing")
	}
	waiting, left := a.watched(ctx, q)
	s, k, user, err := a.successorHeld(ctx, waiting, token)
	left()
	if err != nil {
		if dead(err) {
			return err
		}
		a.o.Log.Warn("refresh left unanswered", slog.String("request", q.id), slog.Any("err", err))
		return errGone
	}
	access, err := a.accessToken(user, s.ID)
	if err != nil {
		return err
	}
	next := refreshToken(k, s, s.Generation)
	a.setCookies(q, access, next)
	q.answer(200, a.tokens(access, next))
	return nil
}

// dead tells whether a login has truly ended, so that its holder may be told.
func dead(err error) bool { return errors.Is(err, teleplay.ErrDenied) }

// successorHeld tries again while the catalog is away and somebody waits. A try
// goes on when the client leaves: it may have rotated the token already.
func (a *API) successorHeld(ctx, waiting context.Context, token string) (teleplay.Session, key, teleplay.User, error) {
	deadline := time.NewTimer(refreshHold)
	defer deadline.Stop()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	for {
		s, k, user, err := a.successor(ctx, token)
		if err == nil || dead(err) {
			return s, k, user, err
		}
		select {
		case <-again.C:
		case <-deadline.C:
			return s, k, user, err
		case <-a.stop:
			return s, k, user, err
		case <-waiting.Done():
			return s, k, user, err
		}
	}
}

// successor takes a refresh token for the session as it stands afterwards; its
// Generation, under the key returned, is the token to hand out.
func (a *API) successor(ctx context.Context, token string) (teleplay.Session, key, teleplay.User, error) {
	s, k, n, err := a.readRefresh(ctx, token)
	if err != nil {
		return s, k, teleplay.User{}, err
	}
	user, err := a.lib.User(ctx, s.User)
	if errors.Is(err, teleplay.ErrNotFound) {
		return s, k, user, errRevoked
	}
	if err != nil {
		return s, k, user, err
	}
	if !a.listed(user) {
		return s, k, user, errRevoked
	}
	if n == s.Generation && a.limits.refresh.take(s.ID) == nil {
		now := a.o.Now()
		next, err := a.lib.RotateSession(ctx, s.ID, n, refreshHash(refreshToken(a.keys[0], s, n+1)), now.Add(refreshIdle))
		if err == nil {
			return next, a.keys[0], user, nil
		}
		if !errors.Is(err, teleplay.ErrConflict) {
			return s, k, user, err
		}
		// Another request rotated it between our look and our try; its successor
		// is ours too.
		if s, err = a.lib.Session(ctx, s.ID); err != nil {
			return s, k, user, err
		}
	}
	if n == s.Generation {
		return s, k, user, nil // beyond the limit: the same again, never 429
	}
	if !a.justRotated(s, n) {
		a.o.Log.Warn("refresh token used again: session revoked", slog.Int("session", int(s.ID)), slog.Int("user", int(s.User)))
		if err := a.lib.RevokeSession(ctx, s.ID); err != nil && !errors.Is(err, teleplay.ErrNotFound) {
			return s, k, user, err
		}
		a.end(s.ID)
		return s, k, user, errRevoked
	}
	return s, a.signer(s), user, nil
}

// readRefresh checks a token's form and MAC, and that its session is alive.
func (a *API) readRefresh(ctx context.Context, token string) (s teleplay.Session, k key, generation int, err error) {
	part := strings.Split(token, ".")
	if len(part) != 5 || part[0] != refreshPrefix {
		return s, k, 0, errNoLogin
	}
	k, known := a.keys.find(part[1])
	id, okID := parseID(part[2])
	n, okN := parseID(part[3])
	if !known || !okID || !okN || id == 0 || n == 0 {
		return s, k, 0, errNoLogin
	}
	s, err = a.lib.Session(ctx, id)
	if errors.Is(err, teleplay.ErrNotFound) {
		return s, k, 0, errNoLogin
	}
	if err != nil {
		return s, k, 0, err
	}
	if !hmac.Equal([]byte(token), []byte(refreshToken(k, s, int(n)))) || int(n) > s.Generation {
		return s, k, 0, errNoLogin
	}
	if int(n) == s.Generation && !hmac.Equal(s.Hash, refreshHash(token)) {
		return s, k, 0, errNoLogin
	}
	if !a.alive(s) {
		return s, k, 0, errRevoked
	}
	return s, k, int(n), nil
}

// justRotated tells whether generation n was rotated out in the last 30 s.
func (a *API) justRotated(s teleplay.Session, n int) bool {
	back := s.Generation - 1 - n // Rotated[0] is when Generation−1 went out
	return back >= 0 && back < len(s.Rotated) && a.o.Now().Sub(s.Rotated[back]) <= sameSuccessor
}

// signer is the key that the session's current generation was made with.
func (a *API) signer(s teleplay.Session) key {
	for _, k := range a.keys {
		if hmac.Equal(s.Hash, refreshHash(refreshToken(k, s, s.Generation))) {
			return k
		}
	}
	return a.keys[0]
}

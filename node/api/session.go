package api

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/teleplay/teleplay"
)

// newSession is a login that the catalog has not seen yet. It draws its own id,
// since its first refresh token names it and the catalog keeps that token's hash.
func (a *API) newSession(q *request, user int32, kind teleplay.CodeKind, device, client string) (teleplay.Session, error) {
	b := make([]byte, 36)
	if _, err := io.ReadFull(a.o.Rand, b); err != nil {
		return teleplay.Session{}, fmt.Errorf("make a session: %w", err)
	}
	if len(a.keys) == 0 {
		return teleplay.Session{}, errors.New("no JWT secret")
	}
	now := a.o.Now()
	s := teleplay.Session{
		ID: int32(binary.BigEndian.Uint32(b[32:])>>1 | 1), User: user, Salt: b[:32], Generation: 1,
		DeviceName: device, Client: client, Address: q.address, Kind: kind,
		Created: now, LastSeen: now, Expires: now.Add(refreshIdle),
	}
	s.Hash = refreshHash(refreshToken(a.keys[0], s, 1))
	return s, nil
}

// welcome answers a login that has just succeeded.
func (a *API) welcome(q *request, user teleplay.User, s teleplay.Session) error {
	access, err := a.accessToken(user, s.ID)
	if err != nil {
		return err
	}
	refresh := refreshToken(a.keys[0], s, 1)
	a.setCookies(q, access, refresh)
	q.answer(200, authShape{a.tokens(access, refresh), a.userShape(user), s.ID})
	return nil
}

func (a *API) tokens(access, refresh string) tokensShape {
	return tokensShape{access, refresh, "bearer", int(a.o.AccessLife / time.Second)}
}

// logout answers POST /api/auth/logout.
func (a *API) logout(ctx context.Context, q *request) error {
	if err := a.lib.RevokeSession(ctx, q.session); err != nil && !errors.Is(err, teleplay.ErrNotFound) {
		return err
	}
	a.end(q.session)
	clearCookies(q)
	q.answer(200, messageShape{"Logged out."})
	return nil
}

// me answers GET /api/auth/me.
func (a *API) me(_ context.Context, q *request) error {
	q.answer(200, a.userShape(q.user))
	return nil
}

package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// pullEvery is how old the list of dead sessions may be when no commit said that
// it changed.
const pullEvery = 20 * time.Second

// pullAgain is when a pull that failed is tried again.
const pullAgain = time.Second

// longestAccess is the longest life that an access token can have been given, now
// or under earlier settings: older revocations are moot.
const longestAccess = 24 * time.Hour

// standing is what every request is checked against without asking the catalog:
// which sessions have ended, and who the users are.
type standing struct {
	lib  Library
	now  func() time.Time
	log  *slog.Logger
	list []int64 // Telegram ids that may; empty = everybody

	mu      sync.Mutex
	loaded  bool                    // guarded by mu
	revoked map[int32]time.Time     // guarded by mu; session → when
	users   map[int32]teleplay.User // guarded by mu; emptied at every pull
}

func (s *standing) init(o Options) {
	s.lib, s.now, s.log, s.list = o.Library, o.Now, o.Log, o.AuthUsers
	s.revoked = map[int32]time.Time{}
	s.users = map[int32]teleplay.User{}
}

// follow pulls at each commit and each 20 s, until ctx ends.
func (s *standing) follow(ctx context.Context) {
	for {
		changed := s.lib.Changed()
		next := pullEvery
		if err := s.pull(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("pull ended sessions", slog.Any("err", err))
			next = pullAgain
		}
		timer := time.NewTimer(next)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

func (s *standing) pull(ctx context.Context) error {
	since := s.now().Add(-longestAccess - 2*leeway)
	ended, err := s.lib.Revoked(ctx, since)
	if err != nil {
		return fmt.Errorf("list revoked sessions: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, at := range s.revoked {
		if at.Before(since) {
			delete(s.revoked, id)
		}
	}
	for _, e := range ended {
		s.revoked[e.ID] = e.Revoked
	}
	clear(s.users)
	s.loaded = true
	return nil
}

// end makes a session dead here at once; the catalog tells the others.
func (s *standing) end(session int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked[session] = s.now()
}

// over tells whether a session is known to have ended.
func (s *standing) over(session int32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, dead := s.revoked[session]
	return dead
}

// known is an error until the list was read once.
func (s *standing) known(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.loaded {
		return errNoStanding
	}
	return nil
}

// admit is the user of a login that stands now. A list that was never read
// refuses.
func (s *standing) admit(ctx context.Context, id, session int32, version int) (teleplay.User, error) {
	if err := s.known(ctx); err != nil {
		return teleplay.User{}, err
	}
	if s.over(session) {
		return teleplay.User{}, errRevoked
	}
	user, err := s.person(ctx, id)
	if errors.Is(err, teleplay.ErrNotFound) || (err == nil && user.Version != version) {
		return teleplay.User{}, errRevoked
	}
	if err != nil {
		return teleplay.User{}, err
	}
	if !s.listed(user) {
		return teleplay.User{}, errNotListed
	}
	return user, nil
}

func (s *standing) person(ctx context.Context, id int32) (teleplay.User, error) {
	s.mu.Lock()
	user, ok := s.users[id]
	s.mu.Unlock()
	if ok {
		return user, nil
	}
	user, err := s.lib.User(ctx, id)
	if err != nil {
		return teleplay.User{}, err
	}
	// A pull in between may have emptied the map: what is put in now can be older
	// than that commit, but not older than 20 s.
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.users) < trackedKeys {
		s.users[id] = user
	}
	return user, nil
}

// listed tells whether AUTH_USERS lets the person in.
func (s *standing) listed(u teleplay.User) bool {
	return len(s.list) == 0 || slices.Contains(s.list, u.TelegramID)
}

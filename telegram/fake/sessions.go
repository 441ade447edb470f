package fake

import (
	"slices"
	"time"

	"github.com/gotd/td/proto"
)

const (
	// sessionLife is how long a session without a connection is remembered.
	sessionLife = time.Hour
	// idleSessions of a key are remembered at most, the latest ones.
	idleSessions = 1000
	// sweepFrom is how many sessions make it worth to look for those that ended.
	sweepFrom = 64
)

// session finds the session with that id, or makes one that the key does not know
// yet: a client of a message that is refused leaves nothing behind.
func (k *authKey) session(id int64, server *Server) *session {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.sessions[id]; s != nil {
		return s
	}
	return &session{id: id, key: k, server: server, left: server.opt.Now(), queries: map[int64]*rpc{}}
}

// adopt makes a session known, unless another connection was first: then it
// returns that one's.
func (k *authKey) adopt(s *session, now time.Time) *session {
	k.mu.Lock()
	defer k.mu.Unlock()
	if known := k.sessions[s.id]; known != nil {
		return known
	}
	k.sweep(now)
	if last, ok := k.buried[s.id]; ok {
		s.mu.Lock()
		s.history.low = max(s.history.low, last)
		s.mu.Unlock()
		delete(k.buried, s.id)
	}
	k.sessions[s.id] = s
	return s
}

// forget removes a session; false = there was none.
func (k *authKey) forget(id int64, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, ok := k.sessions[id]
	if ok {
		k.bury(s, now)
	}
	return ok
}

// bury removes a session and keeps its last msg_id for as long as the clock does
// not refuse it: no message runs again in a new session of the old id. k.mu is held.
func (k *authKey) bury(s *session, now time.Time) {
	delete(k.sessions, s.id)
	s.mu.Lock()
	last := s.history.last()
	s.releaseAll()
	s.mu.Unlock()
	if len(k.buried) >= k.buriedLimit {
		for id, last := range k.buried {
			if now.Sub(proto.MessageID(last).Time()) > messageLife {
				delete(k.buried, id)
			}
		}
		k.buriedLimit = max(sweepFrom, 2*len(k.buried))
	}
	if k.buried == nil {
		k.buried = map[int64]int64{}
	}
	k.buried[s.id] = last
}

// sweep buries sessions that nobody uses. It looks at them each time that their
// number has doubled, so that making many costs each the same. k.mu is held.
func (k *authKey) sweep(now time.Time) {
	if len(k.sessions) < max(sweepFrom, k.sweepAt) {
		return
	}
	type idle struct {
		s    *session
		left time.Time
	}
	var list []idle
	for _, s := range k.sessions {
		s.mu.Lock()
		if s.conn == nil {
			list = append(list, idle{s, s.left})
		}
		s.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b idle) int { return b.left.Compare(a.left) })
	for i, e := range list {
		if i >= idleSessions || now.Sub(e.left) > sessionLife {
			k.bury(e.s, now)
		}
	}
	k.sweepAt = 2 * len(k.sessions)
}

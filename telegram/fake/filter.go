package fake

import (
	"fmt"
	"slices"
	"time"
)

// filter picks connections, sessions or keys for a call: all that is given must
// match; nothing given = everything.
type filter struct {
	Account    *int64  `json:"account,omitempty"`
	DC         *int    `json:"dc,omitempty"`
	Place      *int    `json:"place,omitempty"`
	Key        *string `json:"auth_key_id,omitempty"`
	Session    *string `json:"session_id,omitempty"`
	Connection *int64  `json:"connection,omitempty"`
}

// hexID writes a key's or session's id as 16 hex digits.
func hexID(id int64) string { return fmt.Sprintf("%016x", uint64(id)) }

func is[T comparable](want *T, v T) bool { return want == nil || *want == v }

// key says whether the key matches, as far as it can tell.
func (f filter) key(k *authKey) bool {
	return is(f.Account, k.account()) && is(f.DC, k.dc) && is(f.Key, hexID(k.key.IntID()))
}

// ofSessions says that only open sessions can match.
func (f filter) ofSessions() bool { return f.Place != nil || f.Session != nil || f.Connection != nil }

func (f filter) session(s *session, c *conn) bool {
	return f.key(s.key) && is(f.Session, hexID(s.id)) && is(f.Place, c.place) && is(f.Connection, c.id)
}

// bare matches a connection that has no session yet.
func (f filter) bare(c *conn) bool {
	return f.Account == nil && f.Key == nil && f.Session == nil && is(f.DC, c.dc) && is(f.Place, c.place) && is(f.Connection, c.id)
}

// connectionsOf are the open connections that match.
func (s *Server) connectionsOf(f filter) map[*conn]bool {
	hit := map[*conn]bool{}
	for _, e := range s.sessionLog.opened() {
		if f.session(e.session, e.conn) && !e.conn.isClosed() {
			hit[e.conn] = true
		}
	}
	for _, c := range s.openConns() {
		if f.bare(c) {
			hit[c] = true
		}
	}
	return hit
}

// resetConnections resets the connections that match and says how many. When it
// returns, nothing counts them any more.
func (s *Server) resetConnections(f filter) int {
	hit := s.connectionsOf(f)
	for c := range hit {
		c.reset("fault")
	}
	for c := range hit {
		<-c.gone
	}
	return len(hit)
}

// stallConnections makes the connections that match half open for d and says how many.
func (s *Server) stallConnections(f filter, d time.Duration) int {
	hit := s.connectionsOf(f)
	for c := range hit {
		c.stall(d)
	}
	return len(hit)
}

// matching lists the keys that match, or have an open session that does.
func (s *Server) matching(f filter) map[*authKey]bool {
	hit := map[*authKey]bool{}
	if f.ofSessions() {
		for _, e := range s.sessionLog.opened() {
			if f.session(e.session, e.conn) {
				hit[e.session.key] = true
			}
		}
		return hit
	}
	for _, k := range s.ring.all() {
		if f.key(k) {
			hit[k] = true
		}
	}
	return hit
}

// dropKeys forgets keys: whoever uses them hears −404.
func (s *Server) dropKeys(f filter) int {
	n := 0
	for k := range s.matching(f) {
		if s.ring.drop(k) {
			n++
		}
	}
	return n
}

const errDuplicated = "AUTH_KEY_DUPLICATED"

// duplicateKeys ends keys as if each had been used from a second host.
func (s *Server) duplicateKeys(f filter) int {
	n := 0
	for k := range s.matching(f) {
		if s.duplicated(k) {
			n++
		}
	}
	return n
}

// duplicated ends a key for good: the connections that it is open on are told so at
// their next call, and closed; everybody else hears −404. false: it was ended
// before.
func (s *Server) duplicated(k *authKey) bool {
	account := k.account()
	k.refuse(errDuplicated)
	if !s.ring.drop(k) {
		return false
	}
	s.stats.duplicated(account)
	return true
}

// open is a key that was ended as a duplicate while it was open here, or nil.
func (c *conn) open(id [8]byte) *authKey {
	for s := range c.sessions {
		if s.key.key.ID == id && s.key.refused() == errDuplicated {
			return s.key
		}
	}
	return nil
}

// evict logs all keys of an account out, as the revocation of its token does.
func (s *Server) evict(account int64) {
	for _, k := range s.ring.of(account) {
		k.refuse("AUTH_KEY_UNREGISTERED")
	}
}

// revocations are the errors of a login that is no more.
var revocations = []string{"AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "USER_DEACTIVATED"}

// revoke logs keys out; each query is refused by that error until a new login.
func (s *Server) revoke(f filter, with string) (int, error) {
	if !slices.Contains(revocations, with) {
		return 0, invalid("error is one of %v, not %q", revocations, with)
	}
	hit := s.matching(f)
	for k := range hit {
		if k.account() == 0 {
			delete(hit, k)
			continue
		}
		k.refuse(with)
	}
	return len(hit), nil
}

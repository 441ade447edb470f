package fake

import (
	"slices"
	"sync"
)

// goneBytes of answers are kept for sessions without a connection, of all keys
// together: sessions are remembered for an hour, and clients that make a new one
// each time would fill the memory. Those that have left last keep theirs.
const goneBytes = 32 << 20

// goneSessions are those without a connection that have answers kept, the one that
// has left last at the end.
type goneSessions struct {
	mu   sync.Mutex
	list []*session
}

// add takes a session that has lost its connection, or has more to keep without
// one. No session's mu is held.
func (g *goneSessions) add(s *session) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.list = slices.DeleteFunc(g.list, func(o *session) bool { return o == s || o.lonely() == 0 })
	g.list = append(g.list, s)
	left := goneBytes
	for _, s := range slices.Backward(g.list) {
		if left -= s.lonely(); left < 0 {
			s.giveUp()
		}
	}
}

// lonely is how many bytes of answers wait for a client that is not there.
func (s *session) lonely() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		return 0
	}
	return s.bytes
}

// giveUp releases all answers of a session that has no connection.
func (s *session) giveUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		s.releaseAll()
	}
}

// releaseAll releases all answers. s.mu is held.
func (s *session) releaseAll() {
	for _, q := range s.kept {
		s.release(q)
	}
	s.kept = nil
}

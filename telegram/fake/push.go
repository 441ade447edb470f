package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

// pushLimit is how many frames may wait for a slow client before updates pass it
// by; it finds the gap by its pts.
const pushLimit = 1000

// push sends updates to all subscribed sessions of an account but except, the one
// that has them in its answer. It does not wait for them; calls in order arrive in
// order.
func (s *Server) push(account, except int64, u tg.UpdatesClass) {
	for _, k := range s.ring.of(account) {
		k.mu.Lock()
		layer := k.layer
		var open []*session
		for _, ss := range k.sessions {
			if ss.updates.Load() && ss.id != except {
				open = append(open, ss)
			}
		}
		k.mu.Unlock()
		for _, ss := range open {
			ss.update(layer, u)
		}
	}
}

// update sends one update to the session's connection, if it has one.
func (s *session) update(layer int, u tg.UpdatesClass) {
	s.mu.Lock()
	c := s.conn
	s.mu.Unlock()
	if c == nil || c.media || c.waiting() > pushLimit {
		return
	}
	s.tell(c, proto.MessageFromServer, translated{layer, u})
}

// translated encodes an update for a layer.
type translated struct {
	layer int
	u     bin.Encoder
}

func (t translated) Encode(b *bin.Buffer) error {
	n := len(b.Buf)
	if err := t.u.Encode(b); err != nil {
		return err
	}
	b.Buf = outgoing(t.layer, b.Buf, n)
	return nil
}

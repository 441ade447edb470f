package fake

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// dataCentre is one DC's way out of order.
type dataCentre struct {
	gate gate // shut = a black hole: connections are made, nothing comes

	mu    sync.Mutex
	doors []*door
	back  *time.Timer // ends what was said for a time
	ended bool        // with the server
}

// door is one address of a DC. Its listener comes and goes.
type door struct {
	address
	at   string // where it listens, which may not be what clients are told
	l    net.Listener
	next chan net.Listener // holds one that is to be accepted from
}

func newDoor(a address, l net.Listener) *door {
	d := &door{address: a, at: l.Addr().String(), l: l, next: make(chan net.Listener, 1)}
	d.next <- l
	return d
}

const (
	howRefuse    = "refuse"
	howBlackhole = "blackhole"
)

// outage is PUT /dcs/{id}.
type outage struct {
	Up  bool   `json:"up"`
	How string `json:"how"`
	For span   `json:"for"`
}

func (o outage) check() error {
	switch {
	case o.Up && (o.How != "" || o.For != 0):
		return invalid("how and for belong to \"up\":false")
	case !o.Up && o.How != howRefuse && o.How != howBlackhole:
		return invalid("how is %s or %s, not %q", howRefuse, howBlackhole, o.How)
	case o.For < 0:
		return invalid("for is a duration above 0s, or left out for as long as it is not said otherwise")
	}
	return nil
}

// turn puts a DC out of order, or in order again.
func (s *Server) turn(ctx context.Context, id int, o outage) error {
	dc := s.dcs[id]
	if dc == nil {
		return teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no DC %d", id))
	}
	if err := o.check(); err != nil {
		return err
	}
	dc.mu.Lock()
	defer dc.mu.Unlock()
	if dc.ended {
		return teleplay.Fail(teleplay.ErrUnavailable, "", "the server is not running")
	}
	if dc.back != nil {
		dc.back.Stop()
		dc.back = nil
	}
	if o.Up || o.How == howBlackhole {
		switch {
		case o.Up:
			dc.gate.open()
		case o.For > 0:
			dc.gate.shut(time.Duration(o.For))
		default:
			dc.gate.shut(forEver)
		}
		err := s.openDoors(ctx, dc)
		if err == nil {
			return nil
		}
		s.reopen(ctx, dc, doorsAgain)
		return teleplay.Fail(teleplay.ErrConflict, "", fmt.Sprintf("DC %d cannot listen now, and will as soon as it can: %v", id, err))
	}
	for _, d := range dc.doors {
		if d.l != nil {
			_ = d.l.Close()
			d.l = nil
		}
	}
	s.resetConnections(filter{DC: &id})
	dc.gate.open()
	if o.For > 0 {
		s.reopen(ctx, dc, time.Duration(o.For))
	}
	return nil
}

// doorsAgain is how soon a DC tries again to listen where somebody else did when it
// came back: its ports are free while it refuses.
const doorsAgain = 100 * time.Millisecond

// reopen listens again after d, and then until that succeeds. dc.mu is held.
func (s *Server) reopen(ctx context.Context, dc *dataCentre, d time.Duration) {
	ctx = context.WithoutCancel(ctx)
	var own *time.Timer
	own = time.AfterFunc(d, func() {
		dc.mu.Lock()
		defer dc.mu.Unlock()
		if dc.back != own { // it was said otherwise meanwhile
			return
		}
		dc.back = nil
		if err := s.openDoors(ctx, dc); err != nil {
			s.log.Warn("bring a DC back, which is tried again", "err", err)
			s.reopen(ctx, dc, doorsAgain)
		}
	})
	dc.back = own
}

// openDoors listens again where nothing does. dc.mu is held.
func (s *Server) openDoors(ctx context.Context, dc *dataCentre) error {
	for _, d := range dc.doors {
		if d.l != nil {
			continue
		}
		l, err := s.opt.listenAt(ctx, d.at)
		if err != nil {
			return fmt.Errorf("listen for DC %d again: %w", d.DC, err)
		}
		d.l = l
		s.remember(d.Addr, l)
		select {
		case <-d.next: // one that was closed before anybody looked
		default:
		}
		d.next <- l
	}
	return nil
}

// end closes the doors for good.
func (dc *dataCentre) end() {
	dc.mu.Lock()
	defer dc.mu.Unlock()
	dc.ended = true
	if dc.back != nil {
		dc.back.Stop()
		dc.back = nil
	}
	for _, d := range dc.doors {
		if d.l != nil {
			_ = d.l.Close()
		}
	}
}

// accepts says that l is still the door's.
func (dc *dataCentre) accepts(d *door, l net.Listener) bool {
	dc.mu.Lock()
	defer dc.mu.Unlock()
	return d.l == l
}

// attend accepts at a door until ctx ends.
func (s *Server) attend(ctx context.Context, dc *dataCentre, d *door) {
	for {
		select {
		case l := <-d.next:
			s.accept(ctx, l, dc, d)
		case <-ctx.Done():
			return
		}
	}
}

// turnAll brings all DCs back.
func (s *Server) turnAll(ctx context.Context) error {
	for id := range s.dcs {
		if err := s.turn(ctx, id, outage{Up: true}); err != nil {
			return err
		}
	}
	return nil
}

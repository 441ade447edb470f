package telegram

import (
	"context"
	"sync"

	"github.com/gotd/td/telegram/updates"

	"github.com/teleplay/teleplay"
)

// state is the manager's memory of its place. It is never stored from here: the
// manager moves it on even when an update was not handled. Two places are kept:
// where the manager stands, and the Mark of what was handed out last.
type state struct {
	feed *feed

	mu    sync.Mutex
	known bool
	at    teleplay.Mark // the manager's
	mark  teleplay.Mark // handed out
	anew  bool          // the next Mark that is handed out replaces all before
}

// begins notes that the count begins anew.
func (s *state) begins() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.anew = true
}

func (s *state) set(m teleplay.Mark, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.mark, s.known = m, m, known
}

// rewind begins a session where handing out ended: the manager of the session
// before may have gone past updates that never got out.
func (s *state) rewind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.mark
}

func (s *state) handedOut(m teleplay.Mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.Anew { // said once
		s.anew, m.Anew = false, false
	}
	s.mark, s.known = m, true
}

// markOf is the Mark of an update with this pts; without one (≤ 0) it is the last
// that was handed out.
func (s *state) markOf(pts int) teleplay.Mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pts <= 0 {
		return s.mark
	}
	return teleplay.Mark{PTS: pts, QTS: s.at.QTS, Date: s.at.Date, Seq: s.at.Seq, Anew: s.anew}
}

func (s *state) GetState(context.Context, int64) (updates.State, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return updates.State{Pts: s.at.PTS, Qts: s.at.QTS, Date: s.at.Date, Seq: s.at.Seq}, s.known, nil
}

// SetState comes after a difference has been handed out, and at the very start.
func (s *state) SetState(ctx context.Context, _ int64, u updates.State) error {
	m := teleplay.Mark{PTS: u.Pts, QTS: u.Qts, Date: u.Date, Seq: u.Seq}
	s.mu.Lock()
	s.at = m
	m.Anew = s.anew
	s.mu.Unlock()
	return s.feed.closed(ctx, m)
}

func (s *state) SetPts(_ context.Context, _ int64, pts int) error {
	return s.edit(func(m *teleplay.Mark) { m.PTS = pts })
}

func (s *state) SetQts(_ context.Context, _ int64, qts int) error {
	return s.edit(func(m *teleplay.Mark) { m.QTS = qts })
}

func (s *state) SetDate(_ context.Context, _ int64, date int) error {
	return s.edit(func(m *teleplay.Mark) { m.Date = date })
}

func (s *state) SetSeq(_ context.Context, _ int64, seq int) error {
	return s.edit(func(m *teleplay.Mark) { m.Seq = seq })
}

func (s *state) SetDateSeq(_ context.Context, _ int64, date, seq int) error {
	return s.edit(func(m *teleplay.Mark) { m.Date, m.Seq = date, seq })
}

func (s *state) edit(change func(*teleplay.Mark)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.at)
	return nil
}

// Channels are not followed: see feed.sift.

func (s *state) GetChannelPts(context.Context, int64, int64) (int, bool, error) { return 0, false, nil }

func (s *state) SetChannelPts(context.Context, int64, int64, int) error { return nil }

func (s *state) ForEachChannels(context.Context, int64, func(context.Context, int64, int) error) error {
	return nil
}

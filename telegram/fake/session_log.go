package fake

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// sessionsKept is how many closed entries the log remembers.
const sessionsKept = 10_000

// sessionEntry is one session on one connection.
type sessionEntry struct {
	session        *session
	conn           *conn
	opened         time.Time
	calls          atomic.Int64
	sent, received atomic.Int64
}

// sessionView is GET /sessions' entry.
type sessionView struct {
	Session       string `json:"session_id"`
	Key           string `json:"auth_key_id"`
	Account       int64  `json:"account"`
	DC            int    `json:"dc"`
	Place         int    `json:"place"`
	Remote        string `json:"remote"`
	Connection    int64  `json:"connection"`
	Updates       bool   `json:"updates"`
	Opened        stamp  `json:"opened"`
	Closed        *stamp `json:"closed,omitempty"`
	ClosedBy      string `json:"closed_by,omitempty"`
	Calls         int64  `json:"calls"`
	BytesSent     int64  `json:"bytes_sent"`
	BytesReceived int64  `json:"bytes_received"`
}

// sessionLog lists sessions, one entry per session and connection.
type sessionLog struct {
	mu      sync.Mutex
	current map[sessionAt]*sessionEntry
	past    []sessionView
}

type sessionAt struct {
	session *session
	conn    *conn
}

func newSessionLog() *sessionLog { return &sessionLog{current: map[sessionAt]*sessionEntry{}} }

func (l *sessionLog) open(s *session, c *conn, now time.Time) *sessionEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &sessionEntry{session: s, conn: c, opened: now}
	l.current[sessionAt{s, c}] = e
	return e
}

// entry is the open entry, or nil.
func (l *sessionLog) entry(s *session, c *conn) *sessionEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current[sessionAt{s, c}]
}

// opened lists the open entries.
func (l *sessionLog) opened() []*sessionEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.current))
}

func (l *sessionLog) called(s *session, c *conn) {
	if e := l.entry(s, c); e != nil {
		e.calls.Add(1)
	}
}

func (l *sessionLog) closed(e *sessionEntry, now time.Time, by string) {
	v := e.view()
	v.Closed, v.ClosedBy = &stamp{now}, by
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.current, sessionAt{e.session, e.conn})
	l.past = append(l.past, v)
	if len(l.past) >= 2*sessionsKept {
		l.past = slices.Clone(l.past[len(l.past)-sessionsKept:])
	}
}

func (e *sessionEntry) view() sessionView {
	s, c := e.session, e.conn
	return sessionView{
		Session: hexID(s.id), Key: hexID(s.key.key.IntID()), Account: s.key.user(), DC: c.dc, Place: c.place,
		Remote: c.remote, Connection: c.id, Updates: s.updates.Load(), Opened: stamp{e.opened},
		Calls: e.calls.Load(), BytesSent: e.sent.Load(), BytesReceived: e.received.Load(),
	}
}

// list is the entries of an account (0 = all) that are open, or closed (nil =
// both), by the time of their opening.
func (l *sessionLog) list(account int64, open *bool) []sessionView {
	l.mu.Lock()
	list := append([]sessionView{}, l.past...)
	l.mu.Unlock()
	for _, e := range l.opened() {
		list = append(list, e.view())
	}
	list = slices.DeleteFunc(list, func(v sessionView) bool {
		return account != 0 && v.Account != account || open != nil && *open != (v.Closed == nil)
	})
	slices.SortStableFunc(list, func(a, b sessionView) int {
		return cmp.Or(a.Opened.Compare(b.Opened.Time), cmp.Compare(a.Connection, b.Connection))
	})
	return list
}

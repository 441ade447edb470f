package fake

import (
	"sync"
	"time"

	"github.com/gotd/td/proto"
)

// clock is what this Telegram takes for the time: msg_ids, dates, salts and
// references follow it. What the fake itself notes and how long things take does
// not, nor do limits and faults.
type clock struct {
	base func() time.Time

	mu   sync.Mutex
	skew time.Duration
	ids  *proto.MessageIDGen // grow as long as the skew stays
}

func newClock(base func() time.Time) *clock {
	c := &clock{base: base}
	c.set(0)
	return c
}

// maxSkew keeps all dates within 32 bits.
const maxSkew = 366 * 24 * time.Hour

// set puts the clock ahead of the true time, or behind it.
func (c *clock) set(skew time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = skew
	c.ids = proto.NewMessageIDGen(func() time.Time { return c.base().Add(skew) })
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	skew := c.skew
	c.mu.Unlock()
	return c.base().Add(skew)
}

// id is a new msg_id.
func (c *clock) id(t proto.MessageType) int64 {
	c.mu.Lock()
	ids := c.ids
	c.mu.Unlock()
	return ids.New(t)
}

// clockView is PUT /clock's answer.
type clockView struct {
	Time stamp `json:"time"`
	Skew span  `json:"skew"`
}

func (c *clock) view() clockView {
	c.mu.Lock()
	skew := c.skew
	c.mu.Unlock()
	return clockView{stamp{c.base().Add(skew)}, span(skew)}
}

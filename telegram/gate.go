package telegram

import (
	"context"
	"sync"
	"time"
)

// gate lets a bot's lanes through one by one, reconnectGap apart, so that an outage
// that many of them meet is not answered with a storm. The zero value is open.
type gate struct {
	mu   sync.Mutex
	next time.Time
}

// pass waits for the caller's turn; false when ctx ended first.
func (g *gate) pass(ctx context.Context) bool {
	now := time.Now()
	g.mu.Lock()
	turn := now
	if g.next.After(now) {
		turn = g.next
	}
	g.next = turn.Add(reconnectGap)
	g.mu.Unlock()
	return pause(ctx, turn.Sub(now))
}

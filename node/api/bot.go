package api

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// botLife is how long a node believes what the bot is called.
const botLife = 10 * time.Minute

// botInfo remembers the bot's names.
type botInfo struct {
	mu    sync.Mutex
	known teleplay.Person // guarded by mu
	until time.Time       // guarded by mu
}

func (b *botInfo) get(a *API) (teleplay.Person, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := a.o.Now()
	if now.Before(b.until) {
		return b.known, nil
	}
	if a.o.Bot == nil {
		return teleplay.Person{}, teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "There is no bot.")
	}
	p, err := a.o.Bot()
	if err != nil {
		return teleplay.Person{}, fmt.Errorf("ask who the bot is: %w", err)
	}
	b.known, b.until = p, now.Add(botLife)
	return p, nil
}

// botInfo answers GET /api/auth/bot-info.
func (a *API) botInfo(_ context.Context, q *request) error {
	p, err := a.bot.get(a)
	if err != nil {
		return teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "The bot is not connected yet.")
	}
	q.answer(200, botShape{p.Username, text(p.FirstName), a.o.Version})
	return nil
}

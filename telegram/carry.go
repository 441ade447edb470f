package telegram

import (
	"context"
	"fmt"
	"time"

	"github.com/gotd/td/tg"
)

// carry brings the login to a further data centre. An error of home is suffered
// here; what is returned is the other's.
func (h *helper) carry(ctx context.Context, dc int, there tg.Invoker) error {
	home := h.lane(0)
	a, err := tg.NewClient(home).AuthExportAuthorization(ctx, dc)
	if err != nil {
		h.suffer("", home, err)
		return fmt.Errorf("export login to DC %d: %s", dc, err.Error()) // judged above
	}
	if _, err := tg.NewClient(there).AuthImportAuthorization(ctx,
		&tg.AuthImportAuthorizationRequest{ID: a.ID, Bytes: a.Bytes}); err != nil {
		return fmt.Errorf("import login into DC %d: %w", dc, err)
	}
	return nil
}

// bring says what follows when a question to a further data centre, sent at a time,
// shows that it does not know the login: the caller begins to carry it there, or
// waits, for it is on its way or has come since. Neither: it is of no use there.
func (h *helper) bring(dc int, sent time.Time) (begin, wait bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.fans[dc]
	switch {
	case f == nil || dc == h.home:
		return false, false
	case f.bringing:
		return false, true
	case f.brought.IsZero():
		f.bringing = true
		return true, false
	}
	return false, !sent.After(f.brought)
}

// brought ends what bring has begun.
func (h *helper) brought(dc int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.fans[dc]; f != nil {
		f.bringing, f.brought = false, time.Now()
	}
}

// bring says that err is of a data centre to which the bot's login is on its way by
// now, once for all parts that met it there.
func (p *Pool) bring(a *ask, err error) bool {
	if judge(err).act != actLogin {
		return false
	}
	begin, wait := a.helper.bring(a.lane.dc, a.sent)
	if begin {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.start(func() { p.carry(a.helper, a.lane) })
	}
	return begin || wait
}

// carry brings the bot's login to the data centre of a lane.
func (p *Pool) carry(h *helper, l *lane) {
	err := h.carry(context.Background(), l.dc, l)
	h.brought(l.dc)
	if err != nil {
		h.suffer(getFile, l, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range p.jobs {
		if err == nil {
			delete(j.tried, h)
		}
	}
	p.pump(time.Now())
}

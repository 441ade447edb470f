package telegram

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/td/tg"
)

// login brings the home lane up and makes sure that its key is logged in: asks
// who it is first, for every needless login counts against the bot. It follows
// USER_MIGRATE and waits out a login flood, over restarts too.
func (h *helper) login(ctx context.Context) error {
	h.mu.Lock()
	if home := h.wire.Keys.Home(h.bot); home != 0 {
		h.home = home
	} else if h.home == 0 { // else where it was when its key died
		h.home = h.wire.first
	}
	h.mu.Unlock()
	for {
		if err := h.connected(ctx); err != nil {
			return err
		}
		done, err := h.tryLogin(ctx)
		if done || err != nil {
			return err
		}
	}
}

// connected waits for the home lane, however long that takes.
func (h *helper) connected(ctx context.Context) error {
	l := h.lane(0)
	l.mu.Lock()
	up := l.up
	l.mu.Unlock()
	select {
	case <-up:
		return nil
	case <-l.over.Done():
		return errClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// tryLogin is one try; not done and no error: again, the way is clear now.
func (h *helper) tryLogin(ctx context.Context) (done bool, err error) {
	release, err := h.wire.Keys.login(ctx, h.bot)
	if err != nil {
		return false, err
	}
	defer release()
	l := h.lane(0)
	self, err := whoAmI(ctx, tg.NewClient(l))
	if err == nil {
		return true, h.settle(l, self)
	}
	if v := judge(err); v.act != actLogin {
		if v.act == actPark {
			release() // others may find it logged in
			h.rest(ctx, jitter(v.wait))
			return false, ctx.Err()
		}
		return h.retry(ctx, l, fmt.Errorf("ask who bot %d is: %w", h.bot, err))
	}
	if wait := h.flood(); wait > 0 {
		release()
		h.wire.Log.Warn("login must wait", "helper", h.bot, "dc", l.dc, "wait", wait)
		h.rest(ctx, min(wait, floodLook))
		return false, ctx.Err()
	}
	h.wire.Log.Info("logging in", "helper", h.bot, "dc", l.dc)
	a, err := tg.NewClient(l).AuthImportBotAuthorization(ctx, &tg.AuthImportBotAuthorizationRequest{
		APIID: h.wire.APIID, APIHash: h.wire.APIHash, BotAuthToken: string(h.token),
	})
	if err == nil {
		u, ok := a.(*tg.AuthAuthorization)
		if !ok {
			return false, fmt.Errorf("log bot %d in: answer %T", h.bot, a)
		}
		self, ok := u.User.(*tg.User)
		if !ok {
			return false, errors.New("log in: no user")
		}
		return true, h.settle(l, self)
	}
	if v := judge(err); v.act == actPark {
		return false, h.wire.Keys.SetFlood(h.bot, h.wire.Now().Add(v.wait+time.Second))
	}
	return h.retry(ctx, l, fmt.Errorf("log bot %d in: %w", h.bot, err))
}

// retry is what follows an error on the way to a login: another home, another try
// where the question got no answer, else the end of this life. Whatever Telegram
// answered is not asked for again soon, for logins in a loop are punished.
func (h *helper) retry(ctx context.Context, l *lane, err error) (bool, error) {
	switch v := judge(err); {
	case v.act == actMigrate:
		h.moves(v.dc)
		return false, nil
	case v.act == actClock, v.act == actMove && unsent(err):
		pause(ctx, jitter(reconnectFirst))
		return false, ctx.Err()
	}
	return false, &laneError{l.dc, l.used(), err}
}

// floodLook is how often a login flood is looked at anew: it lies in the key store
// by the wall clock, which may be set while we wait.
const floodLook = time.Minute

// flood is how long the bot must not log in. One of days was noted by a wrong clock.
func (h *helper) flood() time.Duration {
	if d := h.wire.Keys.Flood(h.bot).Sub(h.wire.Now()); d < 24*time.Hour {
		return d
	}
	return 0
}

// moves notes where the bot lives, and leaves where it thought to live.
func (h *helper) moves(dc int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.fans[h.home]; f != nil && dc != h.home {
		delete(h.fans, h.home)
		for _, l := range f.lanes {
			l.close()
		}
	}
	h.home = dc
}

// settle notes that the bot is logged in and lives where l leads.
func (h *helper) settle(l *lane, self *tg.User) error {
	h.mu.Lock()
	h.self, h.out = self, time.Time{}
	h.mu.Unlock()
	if err := h.wire.Keys.SetFlood(h.bot, time.Time{}); err != nil {
		return err
	}
	return h.wire.Keys.Edit(h.bot, l.dc, l.used(), func(k *Key) { k.Home = true })
}

func whoAmI(ctx context.Context, api *tg.Client) (*tg.User, error) {
	users, err := api.UsersGetUsers(ctx, []tg.InputUserClass{&tg.InputUserSelf{}})
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if u, ok := u.(*tg.User); ok {
			return u, nil
		}
	}
	return nil, errors.New("no user in the answer")
}

package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/teleplay/teleplay"
)

// updates handles one update after the other. An update is repeated until it is
// finished: whatever comes behind it must not move the Mark past it.
func (b *Bot) updates(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case u := <-b.o.Feed.Updates():
			b.finish(ctx, u)
		}
	}
}

// finish handles u, again after a pause when it could not be finished, until it
// is or ctx ends. What time does not heal is given up after a few tries: one
// message must not hold up the household. The sender is told either way.
func (b *Bot) finish(ctx context.Context, u teleplay.Update) {
	pause, hopeless := retryFirst, 0
	for try := 1; ; try++ {
		err := b.handle(ctx, u)
		if err == nil || ctx.Err() != nil {
			return
		}
		if !heals(err) {
			hopeless++
		}
		if hopeless >= triesMost {
			b.o.Log.Error("update given up", "user", u.From.ID, "message", u.Message, "err", err)
			if err = b.reply(ctx, u, giveUp(u)); err == nil {
				return
			}
		}
		wait := pause
		if e := (*teleplay.Error)(nil); errors.As(err, &e) && e.Retry > wait {
			wait = e.Retry
		}
		b.o.Log.Warn("update waits", "user", u.From.ID, "message", u.Message, "took", wait, "err", err)
		if try == 2 && u.Media != nil {
			b.sayLater(ctx, u)
		}
		if !sleep(ctx, wait) {
			return
		}
		pause = min(2*pause, retryMost)
	}
}

// heals says whether time alone may cure err.
func heals(err error) bool {
	e := (*teleplay.Error)(nil)
	if errors.As(err, &e) && e.Code == "copy_not_found" {
		return false
	}
	return errors.Is(err, teleplay.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}

// giveUp says that nothing came of u.
func giveUp(u teleplay.Update) teleplay.Outgoing {
	if u.Media == nil {
		return teleplay.Outgoing{Text: "That did not work. Try it again in a while.", ReplyTo: u.Message}
	}
	return teleplay.Outgoing{Text: "Not saved: something went wrong that trying again did not cure. Send the file once more.", ReplyTo: u.Message}
}

// sayLater tells the sender that a file is not lost, only late. It is a courtesy:
// when it cannot be sent, nothing else depends on it.
func (b *Bot) sayLater(ctx context.Context, u teleplay.Update) {
	ctx, cancel := context.WithTimeout(ctx, retryMost)
	defer cancel()
	m := teleplay.Outgoing{Text: "Not saved yet: something between me and the library is slow. I keep trying and tell you when it is there.", ReplyTo: u.Message}
	if _, err := b.o.Talk.Send(ctx, u.From.ID, m, randomID("later", u.From.ID, u.Message)); err != nil {
		b.o.Log.Debug("courtesy not sent", "user", u.From.ID, "err", err)
	}
}

// handle does what an update asks and finishes it: its Mark moves in the commit
// that records the effect. An error means that nothing was finished.
func (b *Bot) handle(ctx context.Context, u teleplay.Update) error {
	if u.Message == 0 || u.Edited {
		return b.o.Library.Advance(ctx, u.Mark)
	}
	if !b.mayUse(u.From) {
		return b.turnAway(ctx, u)
	}
	seen, err := b.o.Library.Received(ctx, u.From.ID, u.Message)
	if err != nil {
		return err
	}
	if seen {
		return b.o.Library.Advance(ctx, u.Mark)
	}
	user, err := b.o.Library.SeeUser(ctx, u.From)
	if err != nil {
		return err
	}
	if u.Media != nil {
		return b.upload(ctx, user, u)
	}
	m, err := b.command(ctx, user, u)
	if err != nil {
		return err
	}
	return b.reply(ctx, u, m)
}

// turnAway answers a stranger's /start with the id that an owner needs, seldom,
// and is silent otherwise.
func (b *Bot) turnAway(ctx context.Context, u teleplay.Update) error {
	word, _, _ := strings.Cut(u.Text, " ")
	if word == "/start" && b.strangers.add(u.From.ID) {
		return b.reply(ctx, u, teleplay.Outgoing{Text: strangerText(u.From.ID)})
	}
	return b.o.Library.Advance(ctx, u.Mark)
}

// reply owes m for u, which finishes it.
func (b *Bot) reply(ctx context.Context, u teleplay.Update, m teleplay.Outgoing) error {
	return b.o.Library.Reply(ctx, teleplay.Answer{Chat: u.From.ID, Message: u.Message, Reply: m, Mark: u.Mark})
}

// sleep waits d and says whether ctx still lives.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

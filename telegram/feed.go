package telegram

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/updates"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// feed is the way of updates from the home lane to MainBot.Updates:
//
//	unasked  connection's readers: presses out, the storage channel's news away
//	pump     one goroutine: hands the rest to the manager, which may make it wait
//	manager  gotd's: order by pts, gaps filled by getDifference
//	dispatch manager's one goroutine: messages become Updates
//
// Marks: a live message carries its own pts. One out of a difference has none and
// carries the Mark before the difference; when the manager has the state after
// it, an Update with nothing but that Mark follows.
type feed struct {
	bot     *MainBot
	state   *state
	started atomic.Bool // false: the manager's first difference brings what comes

	in    chan tg.UpdatesClass // unasked, for the pump
	own   chan ownPts          // of our own calls; see sent
	again chan struct{}        // one: ask for the difference

	mu    sync.Mutex
	aside []tg.UpdateClass // edits out of the difference that is being handed out
	last  int32            // newest message handed out
	top   int              // pts of the last difference that was too long
}

type ownPts struct{ pts, count int }

const (
	// unaskedAhead is how much waits for the manager, which waits for the bot; what
	// is beyond it is dropped, and the difference asked for instead.
	unaskedAhead = 64
	// ownAhead is the same for our own messages.
	ownAhead = 64
)

func newFeed(b *MainBot) *feed {
	f := &feed{bot: b, in: make(chan tg.UpdatesClass, unaskedAhead), own: make(chan ownPts, ownAhead), again: make(chan struct{}, 1)}
	f.state = &state{feed: f}
	return f
}

// begin sets where the feed starts: behind a Mark, and a message dealt with.
func (f *feed) begin(m teleplay.Mark, known bool, last int32) {
	f.state.set(m, known)
	f.last = last
}

// run takes updates in one life of the bot.
func (f *feed) run(ctx context.Context) error {
	self, _ := f.bot.Known()
	m := updates.New(updates.Config{
		Handler:   telegram.UpdateHandlerFunc(f.dispatch),
		Storage:   f.state,
		OnTooLong: func() { f.readBox(ctx) },
	})
	f.state.rewind()
	f.empty()
	f.mu.Lock()
	f.aside = nil
	f.mu.Unlock()
	defer f.started.Store(false)
	var pump sync.WaitGroup
	defer pump.Wait()
	ctx, end := context.WithCancel(ctx)
	defer end()
	return m.Run(ctx, difference{f.bot.bot.api(), f}, self.ID, updates.AuthOptions{
		IsBot: true, OnStart: func(context.Context) {
			f.started.Store(true)
			// Not sooner: a manager that knows no state hands everything out as it comes.
			pump.Go(func() { f.pump(ctx, m) })
		},
	})
}

// empty forgets what is left of an earlier life; the difference brings it.
func (f *feed) empty() {
	for {
		select {
		case <-f.in:
		case <-f.own:
		case <-f.again:
		default:
			return
		}
	}
}

// pump hands to the manager what has come, until ctx ends.
func (f *feed) pump(ctx context.Context, m *updates.Manager) {
	for {
		var err error
		select {
		case u := <-f.in:
			err = m.Handle(ctx, u)
		case o := <-f.own:
			err = m.HandleAffected(ctx, 0, o.pts, o.count)
		case <-f.again:
			err = m.Handle(ctx, &tg.UpdatesTooLong{})
		case <-ctx.Done():
			return
		}
		if err != nil && ctx.Err() == nil {
			f.bot.wire.Log.Warn("update lost, asking for it", "err", err.Error())
			f.askAgain()
		}
	}
}

// askAgain has the difference asked for.
func (f *feed) askAgain() {
	select {
	case f.again <- struct{}{}:
	default: // one question answers both
	}
}

// connected has the difference asked for on every connection but the first of a
// life, where the manager does so itself: what was sent while there was none comes
// in no other way, and a connection is sent updates once it has asked something.
func (f *feed) connected() {
	if f.started.Load() {
		f.askAgain()
	}
}

// unasked takes what the connection brings, in no order and from many goroutines.
// It never waits: a connection whose readers wait can neither end nor be replaced.
func (f *feed) unasked(b *bin.Buffer) error {
	u, err := tg.DecodeUpdates(b)
	if err != nil {
		return fmt.Errorf("read updates: %w", err)
	}
	switch u := u.(type) {
	case *tg.Updates:
		f.bot.people.see(u.Users)
		u.Updates = f.sift(u.Updates)
	case *tg.UpdatesCombined:
		f.bot.people.see(u.Users)
		u.Updates = f.sift(u.Updates)
	case *tg.UpdateShort:
		if len(f.sift([]tg.UpdateClass{u.Update})) == 0 {
			return nil
		}
	}
	if !f.started.Load() {
		return nil // the manager's first difference brings it
	}
	select {
	case f.in <- u:
	default:
		f.askAgain()
	}
	return nil
}

// sift takes presses out, and what the manager need not see: the storage
// channel's own news are not for the bot, and following them costs questions.
func (f *feed) sift(list []tg.UpdateClass) []tg.UpdateClass {
	rest := list[:0]
	for _, u := range list {
		if q, ok := u.(*tg.UpdateBotCallbackQuery); ok {
			f.press(q)
			continue
		}
		if _, is := u.(*tg.UpdateChannelTooLong); is {
			continue
		}
		if _, _, _, channel, _ := tg.IsChannelPtsUpdate(u); channel {
			continue
		}
		rest = append(rest, u)
	}
	return rest
}

func (f *feed) press(q *tg.UpdateBotCallbackQuery) {
	p := teleplay.Press{From: f.bot.people.person(q.UserID), Query: q.QueryID, Message: int32(q.MsgID), Data: string(q.Data)}
	select {
	case f.bot.presses <- p:
	default:
		f.bot.wire.Log.Warn("press dropped, too many wait", "user", q.UserID)
	}
}

// sent tells the manager of the place that our own message took in the box: else
// the next message looks like a gap and waits for it half a second. It never
// blocks, for the caller may be who should be reading Updates.
func (f *feed) sent(u tg.UpdatesClass) {
	var list []tg.UpdateClass
	switch u := u.(type) {
	case *tg.UpdateShortSentMessage:
		f.push(u.Pts, u.PtsCount)
	case *tg.UpdateShort:
		list = []tg.UpdateClass{u.Update}
	case *tg.Updates:
		f.bot.people.see(u.Users)
		list = u.Updates
	case *tg.UpdatesCombined:
		list = u.Updates
	}
	for _, u := range list {
		if pts, count, ok := tg.IsPtsUpdate(u); ok {
			f.push(pts, count)
		}
	}
}

func (f *feed) push(pts, count int) {
	select {
	case f.own <- ownPts{pts, count}:
	default:
		f.askAgain()
	}
}

// dispatch is called by the manager, in order and from one goroutine.
func (f *feed) dispatch(ctx context.Context, u tg.UpdatesClass) error {
	us, ok := u.(*tg.Updates)
	if !ok {
		return nil
	}
	f.bot.people.see(us.Users)
	for _, u := range us.Updates {
		if err := f.emit(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// emit hands one update out if it is a person's message.
func (f *feed) emit(ctx context.Context, u tg.UpdateClass) error {
	var m tg.MessageClass
	edited, pts := false, 0
	switch u := u.(type) {
	case *tg.UpdateNewMessage:
		m, pts = u.Message, u.Pts
	case *tg.UpdateEditMessage:
		m, pts, edited = u.Message, u.Pts, true
	}
	msg, ok := m.(*tg.Message)
	if !ok || msg.Out {
		return nil
	}
	peer, ok := msg.PeerID.(*tg.PeerUser)
	if !ok {
		return nil
	}
	out := updateOf(msg, f.bot.people.person(peer.UserID))
	out.Edited = edited
	out.Mark = f.state.markOf(pts)
	return f.out(ctx, out)
}

// out hands u out and notes its Mark. Once ctx has ended nothing goes out any
// more: a later update must not follow one that was dropped.
func (f *feed) out(ctx context.Context, u teleplay.Update) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case f.bot.updates <- u:
		f.state.handedOut(u.Mark)
		f.mu.Lock()
		f.last = max(f.last, u.Message)
		f.mu.Unlock()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// difference is the manager's way to Telegram. It asks until there is an answer:
// the manager would say nothing and wait for the next message.
type difference struct {
	*tg.Client
	feed *feed
}

func (d difference) UpdatesGetDifference(ctx context.Context, q *tg.UpdatesGetDifferenceRequest) (tg.UpdatesDifferenceClass, error) {
	bot := d.feed.bot.bot
	for wait := reconnectFirst; ; wait = min(2*wait, reconnectMost) {
		l := bot.lane(0)
		answer, err := tg.NewClient(l).UpdatesGetDifference(ctx, q)
		if err == nil {
			d.feed.setAside(answer)
			return answer, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
		if judge(err).act == actAnew {
			// The Mark is from another time than the box's, as after a restore. What
			// happened since is not to be had: begin with now, and read the box itself.
			now, failed := tg.NewClient(l).UpdatesGetState(ctx)
			if failed == nil && now.Pts != q.Pts {
				answer := &tg.UpdatesDifferenceTooLong{Pts: now.Pts}
				d.feed.state.begins()
				d.feed.setAside(answer)
				return answer, nil
			}
			if failed != nil {
				err = failed
			}
		}
		v := judge(err)
		switch v.act {
		case actMove, actRetry, actCrowd, actPark, actClock:
		case actLogin, actNewKey:
			bot.suffer("", l, err)
			return nil, err // this life is over
		default:
			// The manager would take it for "nothing new": ask on.
			d.feed.bot.wire.Log.Error("updates cannot be read", "err", err.Error())
			wait = reconnectMost
		}
		if !pause(ctx, jitter(max(wait, v.wait))) {
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}

// setAside takes what has a pts out of a difference's other updates: an edit
// would look like a gap that the difference has just closed, and be lost. The
// edits follow the messages, before the Mark.
func (f *feed) setAside(d tg.UpdatesDifferenceClass) {
	var others *[]tg.UpdateClass
	switch d := d.(type) {
	case *tg.UpdatesDifference:
		f.bot.people.see(d.Users)
		others = &d.OtherUpdates
	case *tg.UpdatesDifferenceSlice:
		f.bot.people.see(d.Users)
		others = &d.OtherUpdates
	case *tg.UpdatesDifferenceTooLong:
		f.mu.Lock()
		f.top = d.Pts
		f.mu.Unlock()
		return
	default:
		return
	}
	rest := (*others)[:0]
	var aside []tg.UpdateClass
	for _, u := range f.sift(*others) {
		if edit, ok := u.(*tg.UpdateEditMessage); ok {
			edit.Pts = 0 // carries the earlier Mark, as the messages do
			aside = append(aside, edit)
		} else if _, _, ok := tg.IsPtsUpdate(u); !ok {
			rest = append(rest, u)
		}
	}
	*others = rest
	f.mu.Lock()
	f.aside = aside
	f.mu.Unlock()
}

// closed is called when the manager has the state after a difference.
func (f *feed) closed(ctx context.Context, m teleplay.Mark) error {
	f.mu.Lock()
	aside := f.aside
	f.aside = nil
	f.mu.Unlock()
	for _, u := range aside {
		if err := f.emit(ctx, u); err != nil {
			return err
		}
	}
	return f.out(ctx, teleplay.Update{Mark: m})
}

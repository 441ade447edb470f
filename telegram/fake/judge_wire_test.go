package fake

import (
	"slices"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
)

// refusal reads until the server refuses a message, and says which and why.
func (c *client) refusal() (id int64, code int) {
	c.t.Helper()
	for {
		_, b, err := c.recv()
		if err != nil {
			c.t.Fatal(err)
		}
		if kind, _ := b.PeekID(); kind != mt.BadMsgNotificationTypeID {
			continue
		}
		var bad mt.BadMsgNotification
		if err := bad.Decode(b); err != nil {
			c.t.Fatal(err)
		}
		return bad.BadMsgID, bad.ErrorCode
	}
}

func TestBadSeqno(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	first := c.id()
	c.sendWith(first, 7777, layered(228, nearest))
	c.nearestDC(first)
	for _, test := range []struct {
		seq  int32
		m    bin.Encoder
		want int
	}{
		{7777, nearest, 32}, {5, nearest, 32}, {-1, nearest, 32}, {7778, nearest, 35},
		{7779, &mt.MsgsAck{MsgIDs: []int64{1}}, 34}, {7779, c.contained(nearest), 34},
	} {
		id := c.id()
		c.sendWith(id, test.seq, test.m)
		if got, code := c.refusal(); got != id || code != test.want {
			t.Errorf("seqno %d: code %d for %d, want %d for %d", test.seq, code, got, test.want, id)
		}
	}
	// A message that was overtaken is good, one whose seqno is too high for it not.
	early, earlier, last := c.id(), c.id(), c.id()
	c.sendWith(last, 8001, nearest)
	c.nearestDC(last)
	c.sendWith(early, 7999, nearest)
	c.nearestDC(early)
	c.sendWith(earlier, 8003, nearest)
	if got, code := c.refusal(); got != earlier || code != 33 {
		t.Errorf("code %d for %d, want 33 for %d", code, got, earlier)
	}
	// Pings are numbered in either way.
	for _, seq := range []int32{8002, 8003} {
		id := c.id()
		c.sendWith(id, seq, &mt.PingRequest{PingID: id})
		c.expect(&mt.Pong{})
	}
}

func TestContainerRules(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	now := time.Now()
	at := func(d time.Duration) int64 { return int64(proto.NewMessageID(now.Add(d), proto.MessageFromClient)) }
	with := func(id int64, seq int) proto.Message {
		return proto.Message{ID: id, SeqNo: seq, Bytes: len(encoded(nearest)), Body: encoded(nearest)}
	}
	nested := encoded(&proto.MessageContainer{Messages: []proto.Message{with(at(-2*time.Second), 1)}})
	many := make([]proto.Message, 1021)
	for i := range many {
		many[i] = with(at(-time.Second)+int64(i)*4, 2*i+1)
	}
	for _, test := range []struct {
		name  string
		inner []proto.Message
		want  int
		whole bool // it is the container that is refused
	}{
		{"a day old", []proto.Message{with(at(-24*time.Hour), 1)}, 16, false},
		{"bits", []proto.Message{with(at(-time.Second)|1, 1)}, 18, false},
		{"even seqno", []proto.Message{with(at(-time.Second), 2)}, 35, false},
		{"seqno twice", []proto.Message{with(at(-2*time.Second), 1), with(at(-time.Second), 1)}, 32, false},
		{"above the container's", []proto.Message{with(at(20*time.Second), 1)}, 64, true},
		{"a day ahead", []proto.Message{with(at(24*time.Hour), 1)}, 64, true},
		{"a container in it", []proto.Message{{ID: at(-time.Second), SeqNo: 0, Bytes: len(nested), Body: nested}}, 64, true},
		{"1021 messages", many, 64, true},
	} {
		c := w.client(0)
		outer := c.id()
		c.sendWith(outer, 4000, &proto.MessageContainer{Messages: test.inner})
		want := outer
		if !test.whole {
			want = test.inner[len(test.inner)-1].ID
		}
		if got, code := c.refusal(); got != want || code != test.want {
			t.Errorf("%s: code %d for %d, want %d for %d", test.name, code, got, test.want, want)
		}
	}
}

// TestRepeated: a message runs once, services and containers too, and an id cannot
// be used for another body.
func TestRepeated(t *testing.T) {
	methods, runs, let := slow()
	close(let)
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	first := c.send(layered(228, config))
	c.answer(first)

	ping := c.id()
	c.sendWith(ping, 2, &mt.PingRequest{PingID: 1})
	c.expect(&mt.Pong{})
	c.sendWith(ping, 2, &mt.PingRequest{PingID: 1})
	c.sendWith(ping, 3, config) // its id is used up: acknowledged, not run
	var a mt.MsgsAck
	c.expect(&a)
	if !slices.Equal(a.MsgIDs, []int64{ping}) {
		t.Errorf("acknowledged %v, want %d", a.MsgIDs, ping)
	}

	both := c.contained(config, config)
	outer := c.send(both)
	for range both.Messages {
		if _, b, err := c.recv(); err != nil {
			t.Fatal(err)
		} else if kind, _ := b.PeekID(); kind != proto.ResultTypeID {
			t.Errorf("got %x, want a result", kind)
		}
	}
	for _, id := range []int64{outer, first} {
		c.sendWith(id, 4, both)
		if got, code := c.refusal(); got != id || code != 19 && id == outer {
			t.Errorf("a container with a known msg_id: code %d for %d, want 19 for %d", code, got, id)
		}
	}
	if n := runs.Load(); n != 3 {
		t.Errorf("ran %d times, want 3", n)
	}
}

func TestDestroyedSession(t *testing.T) {
	methods, runs, let := slow()
	close(let)
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	id := c.send(layered(228, config))
	c.answer(id)
	other := *c
	other.session++
	other.send(&mt.DestroySessionRequest{SessionID: c.session})
	other.expect(&mt.NewSessionCreated{})
	other.expect(&mt.DestroySessionOk{})
	c.sendWith(id, 1, layered(228, config))
	if got, code := c.refusal(); got != id || code != 20 {
		t.Errorf("code %d for %d, want 20 for %d", code, got, id)
	}
	c.answer(c.send(config))
	if n := runs.Load(); n != 2 {
		t.Errorf("ran %d times, want 2", n)
	}
}

// TestRefusedLeavesNothing: a message that is refused makes no session.
func TestRefusedLeavesNothing(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	good := c.salt
	for range 200 {
		c.session++
		c.salt = 0
		c.send(nearest)
		c.expect(&mt.BadServerSalt{})
		c.salt = good
		c.sendWith(4, 1, nearest)
		c.refusal()
	}
	k := w.ring.find(2, c.key.ID)
	count := func() int {
		k.mu.Lock()
		defer k.mu.Unlock()
		return len(k.sessions)
	}
	if n := count(); n != 0 || len(w.sessionLog.opened()) != 0 {
		t.Errorf("%d sessions, %d in the log", n, len(w.sessionLog.opened()))
	}
	c.nearestDC(c.send(layered(228, nearest)))
	if n := count(); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
}

// TestManySessions: a key remembers the latest sessions only, a connection carries
// so many and no more.
func TestManySessions(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := bare(Options{Now: func() time.Time { return now }}.withDefaults())
	k, err := s.ring.made(2, 0)
	if err != nil {
		t.Fatal(err)
	}
	for id := range int64(20_000) {
		ss := k.adopt(k.session(id, s), now)
		ss.history.add(int64(proto.NewMessageID(now, proto.MessageFromClient)), 1)
		now = now.Add(time.Second)
	}
	if n := len(k.sessions); n > 3*idleSessions {
		t.Errorf("%d sessions are remembered", n)
	}
	if n := len(k.buried); n > 3*idleSessions {
		t.Errorf("%d sessions are buried", n)
	}
	if k.sessions[19_999] == nil {
		t.Error("the newest session is gone")
	}

	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	for range connSessions {
		c.session++
		c.send(&mt.PingRequest{})
		c.expect(&mt.NewSessionCreated{})
		c.expect(&mt.Pong{})
	}
	c.session++
	c.send(&mt.PingRequest{})
	if _, _, err := c.recv(); err == nil {
		t.Error("one session more is taken")
	}
}

func TestServiceWithSurplus(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	id := c.send(encoded(&mt.PingRequest{PingID: 1}, config))
	if got, code := c.refusal(); got != id || code != 64 {
		t.Errorf("code %d for %d, want 64 for %d", code, got, id)
	}
	c.nearestDC(c.send(layered(228, nearest)))
	for name, q := range map[string]raw{
		"plain": encoded(nearest, config), "layered": layered(228, encoded(nearest, config)), "packed": encoded(proto.GZIP{Data: encoded(nearest, config)}),
	} {
		if got := c.failure(c.send(q)); got != "INPUT_REQUEST_TOO_LONG" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

package fake

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
)

// served is a server with its world, to be talked to by hand.
func served(t testing.TB) *wire { t.Helper(); return servedWith(t, Options{}) }

func servedWith(t testing.TB, o Options) *wire {
	t.Helper()
	o.Listen, o.Control = "127.0.0.1:0", "127.0.0.1:0"
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-s.Ready():
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
	}
	return &wire{s, t}
}

// clientAt has a key of a DC, logged in as account, and a connection to one of
// the DC's addresses.
func (w *wire) clientAt(a address, account int64) *client {
	w.t.Helper()
	k, err := w.ring.made(a.DC, account)
	if err != nil {
		w.t.Fatal(err)
	}
	raw, err := net.Dial("tcp", a.Addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { raw.Close() })
	if err := (gotdcodec.Intermediate{}).WriteHeader(raw); err != nil {
		w.t.Fatal(err)
	}
	return newClient(w.t, &framed{rw: raw, codec: gotdcodec.Intermediate{}}, k.key, k.salt(time.Now()))
}

// silent fails when the client is sent anything but the answer to one more query.
func (c *client) silent(query bin.Encoder) {
	c.t.Helper()
	c.send(query)
	for {
		_, b, err := c.recv()
		if err != nil {
			c.t.Fatal(err)
		}
		switch id, _ := b.PeekID(); id {
		case tg.UpdatesTypeID:
			c.t.Fatal("an update came")
		case proto.ResultTypeID:
			return
		}
	}
}

func TestRevokedToken(t *testing.T) {
	w := served(t)
	c := w.client(mainBot)
	c.answer(c.send(layered(228, &tg.UpdatesGetStateRequest{})))
	if _, err := w.world.changeBot(mainBot, []byte(`{"revoked":true}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.world.send(person, mainBot, letter{Text: "secret"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.world.post(channelID, []item{{Media: film(1, 10)}}); err != nil {
		t.Fatal(err)
	}
	c.silent(nearest)
	if _, err := w.world.changeBot(mainBot, []byte(`{"revoked":false}`)); err != nil {
		t.Fatal(err)
	}
	if text := c.failure(c.send(&tg.UpdatesGetStateRequest{})); text != "AUTH_KEY_UNREGISTERED" {
		t.Errorf("the old login answers %q once the token is good again", text)
	}
}

func TestRevokedBotIsNotWatching(t *testing.T) {
	b := newBench(t, Options{})
	must(b.changeBot(mainBot, []byte(`{"revoked":true}`)))(t)
	must(b.post(channelID, []item{{Media: film(1, 10)}}))(t)
	must(b.send(person, mainBot, letter{Text: "secret"}))(t)
	for _, p := range b.pushed {
		if p.account == mainBot {
			t.Fatalf("it is told of %v", p.u)
		}
	}
}

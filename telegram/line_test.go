package telegram_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestMediaAddressesThatAreBlocked: packets to them vanish; the ordinary ones serve.
func TestMediaAddressesThatAreBlocked(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 2})
	var info struct {
		DCs []struct {
			ID    int
			Addr  string
			Media bool `json:"media_only"`
		}
	}
	w.control("GET", "/info", nil, &info)
	blocked := map[string]bool{}
	dc := 0
	for _, d := range info.DCs {
		if d.Media {
			blocked[d.Addr], dc = true, d.ID
		}
	}
	media := synthetic(3, mib)
	media["dc"] = dc
	message := w.post(media)[0]
	o := w.options(w.keys(2))
	var tries atomic.Int32
	o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if blocked[address] {
			tries.Add(1)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, 2))
	background(t, "pool", p.Run)
	if _, err := fetch(t.Context(), p, teleplay.ChunkID{Message: message}, mib, 0); err != nil {
		t.Error(err)
	}
	if n := tries.Load(); dc != w.info.Bots[1].DC && n != 1 {
		t.Errorf("tried %d times", n)
	}
}

// stuck is a connection whose writes hang once told so, as behind a window of zero.
type stuck struct {
	net.Conn
	hang   *atomic.Bool
	closed chan struct{}
	once   *sync.Once
}

func (c stuck) Write(b []byte) (int, error) {
	if c.hang.Load() {
		<-c.closed
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

func (c stuck) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// TestAWriteThatHangs: it holds nobody up at the end.
func TestAWriteThatHangs(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 2})
	var hang atomic.Bool
	o := w.options(w.keys(2))
	o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return stuck{c, &hang, make(chan struct{}), new(sync.Once)}, nil
	}
	p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, 2))
	stop := background(t, "pool", p.Run)
	message := w.post(synthetic(1, 2*mib))[0]
	if _, err := fetch(t.Context(), p, teleplay.ChunkID{Message: message}, 2*mib, 0); err != nil {
		t.Fatal(err)
	}
	hang.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := fetch(ctx, p, teleplay.ChunkID{Message: message, Index: 1}, 2*mib, 0); err == nil {
		t.Error("bytes came through a line that hangs")
	}
	stop() // waits for Run
}

// TestAFloodOfAWrongClock: nobody has to wait for decades.
func TestAFloodOfAWrongClock(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	o := w.options(openKeys(t, filepath.Join(t.TempDir(), "telegram.keys")))
	if err := o.Keys.SetFlood(w.info.Bots[0].ID, time.Now().AddDate(40, 0, 0)); err != nil {
		t.Fatal(err)
	}
	p := telegram.NewPool(o, w.info.Bots[0].Token, nil)
	background(t, "pool", p.Run)
	until(t, "login", p.Ready)
}

// TestKeysThatCannotBeKept: what is made and thrown away is not made again and
// again, and a person is told.
func TestKeysThatCannotBeKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // to make a key takes a busy machine its time
		w := newBubble(t, fake.Options{Bots: 1})
		dir := filepath.Join(t.TempDir(), "gone")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		o := w.options(openKeys(t, filepath.Join(dir, "telegram.keys")))
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		lines := make(chan string, 1)
		o.Log = slog.New(newErrorsOnly(lines))
		p := telegram.NewPool(o, w.info.Bots[0].Token, nil)
		background(t, "pool", p.Run)
		select {
		case <-lines:
		case <-time.After(patience):
			t.Fatal("nobody is told")
		}
		if n := w.totals().Exchanges; n != 1 {
			t.Errorf("%d keys made", n)
		}
	})
}

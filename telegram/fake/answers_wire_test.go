package fake

import (
	"bytes"
	"crypto/rand"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

// TestAckTime: a query without an answer is acknowledged once and at its time, one
// with an answer is not acknowledged.
func TestAckTime(t *testing.T) {
	const after = 300 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		s := bare(Options{}.withDefaults())
		s.ackAfter = func() time.Duration { return after }
		k, err := s.ring.made(2, 0)
		if err != nil {
			t.Fatal(err)
		}
		c := s.newConn(script{bytes.NewReader(nil)}, address{DC: 2, Place: 1})
		ss := k.session(1, s)
		ss.conn = c
		pass := func(d time.Duration, want int) {
			t.Helper()
			<-time.After(d)
			synctest.Wait()
			if n := c.waiting(); n != want {
				t.Errorf("%d messages went out, want %d", n, want)
			}
		}
		let := make(chan struct{})
		ss.begin(c, 4, 0, func() (bin.Encoder, manner) { <-let; return &tg.BoolTrue{}, manner{} })
		pass(after-1, 0)
		pass(1, 1)
		m, err := crypto.NewClientCipher(rand.Reader).DecryptFromBuffer(k.key, &bin.Buffer{Buf: c.queue[0].buf[headRoom:]})
		if err != nil {
			t.Fatal(err)
		}
		var a mt.MsgsAck
		if err := a.Decode(&bin.Buffer{Buf: m.Data()}); err != nil || !slices.Equal(a.MsgIDs, []int64{4}) {
			t.Errorf("acknowledged %v, %v", a.MsgIDs, err)
		}
		close(let)
		pass(0, 2)
		ss.begin(c, 8, 0, func() (bin.Encoder, manner) { return &tg.BoolTrue{}, manner{} })
		pass(0, 3)
		pass(time.Hour, 3)
	})
}

// TestBigAnswerFirst: answers go out one behind the other as they end, so a small
// one waits for a big one that ended before it.
func TestBigAnswerFirst(t *testing.T) {
	const size = 4 << 20
	methods := tiny()
	methods[tg.UploadGetFileRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		return &tg.UploadFile{Type: &tg.StorageFileUnknown{}, Bytes: make([]byte, size)}, nil
	}
	let := make(chan struct{})
	methods[tg.HelpGetConfigRequestTypeID] = func(c *call, _ *bin.Buffer) (bin.Encoder, error) {
		select {
		case <-let:
		case <-c.ctx.Done():
		}
		return &tg.BoolTrue{}, nil
	}
	w := startWire(t, Options{}, methods)
	w.ackAfter = func() time.Duration { return time.Hour }
	c := w.client(0)
	small := c.send(layered(228, config))
	big := c.send(&tg.UploadGetFileRequest{Location: &tg.InputDocumentFileLocation{}, Limit: 4096})
	w.until("the big answer is on its way", func() bool {
		list := w.openConns()
		if len(list) == 0 {
			return false
		}
		conn := list[0]
		conn.mu.Lock()
		defer conn.mu.Unlock()
		return conn.owed > size || w.stats.view().Totals.BytesSent > size
	})
	close(let)
	for _, want := range []int64{big, small} {
		var r proto.Result
		for r.RequestMessageID == 0 {
			_, b, err := c.recv()
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Decode(b) // new_session_created comes before
		}
		if r.RequestMessageID != want {
			t.Errorf("the answer of %d came, want that of %d", r.RequestMessageID, want)
		}
	}
}

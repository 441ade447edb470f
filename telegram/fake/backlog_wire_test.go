package fake

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

// backlogMost is how many answers of 1 MiB may be made for a client that reads none:
// the one above backlogBytes is the last.
const backlogMost = backlogBytes>>20 + 1

// TestSlowReader: what a client asks for and does not read is not made; once it
// reads, it gets all of it.
func TestSlowReader(t *testing.T) {
	var made atomic.Int64
	methods := tiny()
	methods[tg.UploadGetFileRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		made.Add(1)
		return &tg.UploadFile{Type: &tg.StorageFileUnknown{}, Bytes: make([]byte, 1<<20)}, nil
	}
	w := startWire(t, Options{}, methods)
	c := w.client(7)
	c.nearestDC(c.send(layered(228, nearest)))
	const queries = 200
	for range queries {
		c.send(&tg.UploadGetFileRequest{Location: &tg.InputDocumentFileLocation{}, Limit: 1 << 20})
	}
	conn := w.openConns()[0]
	w.until("the client is owed too much", func() bool {
		conn.mu.Lock()
		defer conn.mu.Unlock()
		return conn.owed > backlogBytes && conn.running == 0
	})
	if n := made.Load(); n > backlogMost+10 { // sockets hold some
		t.Errorf("%d answers were made for a client that reads none", n)
	}
	for results := 0; results < queries; {
		_, b, err := c.recv()
		if err != nil {
			t.Fatal(err)
		}
		if kind, _ := b.PeekID(); kind == proto.ResultTypeID && b.Len() > 1<<20 {
			results++
		}
	}
	if n := made.Load(); n != queries {
		t.Errorf("%d answers, want %d", n, queries)
	}
}

// TestQueriesAtOnce: so many queries of a connection run side by side, in however
// few messages they come.
func TestQueriesAtOnce(t *testing.T) {
	methods, runs, let := slow()
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	c.nearestDC(c.send(layered(228, nearest)))
	list := make([]bin.Encoder, 3*backlogQueries)
	for i := range list {
		list[i] = config
	}
	c.send(c.contained(list...))
	w.until("as many run as may", func() bool { return runs.Load() >= backlogQueries })
	if n := runs.Load(); n != backlogQueries {
		t.Errorf("%d run", n)
	}
	close(let)
	w.until("all have run", func() bool { return runs.Load() == int64(len(list)) })
}

// TestDelayedCallsRunBeside: calls that a fault delays hold up nobody, however many
// they are; and of their files no more is made than the client may be owed.
func TestDelayedCallsRunBeside(t *testing.T) {
	inWorld(t, Options{}, func(t *testing.T, w *wire) {
		c := w.ready(mainBot)
		f := w.posted(mainBot, 2, 1000<<20)
		f.Limit = 1 << 20
		w.order(`{"method":"upload.getFile","count":0,"do":{"delay":"4s"}}`)
		const queries = backlogQueries + 20
		begun := time.Now()
		for range queries {
			c.send(f)
		}
		c.nearestDC(c.send(nearest))
		if took := time.Since(begun); took != 0 {
			t.Errorf("another call took %v", took)
		}
		conn := w.openConns()[0]
		time.Sleep(10 * time.Second)
		synctest.Wait()
		conn.mu.Lock()
		owed := conn.owed
		conn.mu.Unlock()
		if owed <= backlogBytes || owed > backlogBytes+2<<20 {
			t.Errorf("%d bytes are owed", owed)
		}
		for results := 0; results < queries; {
			_, b, err := c.recv()
			if err != nil {
				t.Fatal(err)
			}
			if kind, _ := b.PeekID(); kind == proto.ResultTypeID && b.Len() > 1<<20 {
				results++
			}
		}
		synctest.Wait()
		conn.mu.Lock()
		defer conn.mu.Unlock()
		if conn.owed != 0 || conn.running != 0 {
			t.Errorf("in the end %d bytes are owed, and %d queries run", conn.owed, conn.running)
		}
	})
}

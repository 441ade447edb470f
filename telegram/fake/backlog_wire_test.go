package fake

import (
	"sync/atomic"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

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
	if n := made.Load(); n > backlogBytes>>20+backlogQueries+10 {
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

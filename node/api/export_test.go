package api

import (
	"bytes"
	"context"
	"io"
	"net"
	"time"
)

var (
	ParseRange  = parseRange
	MediaType   = mediaType
	Disposition = disposition
)

const (
	WholeFile     = wholeFile
	PartOfFile    = partOfFile
	BeyondTheFile = beyondTheFile
)

// Served lists "METHOD path" of every route.
func Served() []string {
	var out []string
	for _, r := range New(Options{}).routes() {
		for _, p := range r.paths {
			out = append(out, r.method+" "+p)
		}
	}
	return out
}

// Guarded is a connection with the edge's deadlines.
func Guarded(c net.Conn, stall time.Duration) net.Conn {
	w := &conn{Conn: c}
	w.stall.Store(int64(stall))
	return w
}

const (
	CallStall  = callStall
	MediaStall = mediaStall
)

// Stalls lists how long each connection that streams may take no byte.
func Stalls(a *API) (list []time.Duration) {
	a.watch.mu.Lock()
	defer a.watch.mu.Unlock()
	for c := range a.conns {
		list = append(list, time.Duration(c.stall.Load()))
	}
	return list
}

// Feed is an event stream from a revision on, without a request.
func Feed(lib Library, rev int64) io.Reader {
	return &feed{a: New(Options{Library: lib}), user: 1, ctx: context.Background(), rev: rev, out: bytes.Buffer{}}
}

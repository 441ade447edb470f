package node_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/node"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	mib  = teleplay.ChunkSize
	part = teleplay.PartSize
)

// noise is what files are cut from; a page of one begins anywhere in it.
var noise = func() []byte {
	b := make([]byte, 256<<10)
	rand.NewChaCha8([32]byte{}).Read(b)
	return b
}()

const page = 4 << 10

// slice is what a file's bytes are: a function of message and offset.
func slice(message int32, from, length int64) []byte {
	b := make([]byte, 0, length)
	for at := from; at < from+length; at = from + int64(len(b)) {
		z := (uint64(message)<<40 ^ uint64(at/page)) * 0x9e3779b97f4a7c15
		start := int(z>>32) % (len(noise) - page)
		b = append(b, noise[start : start+page][at%page:min(page, at%page+from+length-at)]...)
	}
	return b
}

func chunkBytes(id teleplay.ChunkID, size int) []byte {
	return slice(id.Message, id.Offset(), int64(size))
}

// call is one Fetch.
type call struct {
	id      teleplay.ChunkID
	size    int
	from    int
	urgency teleplay.Urgency
	sink    teleplay.Sink
}

// put puts parts from up to to.
func (c call) put(from, to int) {
	b := chunkBytes(c.id, c.size)
	c.sink.Put(from, b[from*part:min(to*part, len(b))])
}

func (c call) putAll() { c.put(0, teleplay.Parts(c.size)) }

// source is a node.Source in memory that notes each call.
type source struct {
	fetch func(context.Context, call) error // nil = all parts at once

	mu    sync.Mutex
	calls []call
	ended int
}

func (s *source) Fetch(ctx context.Context, id teleplay.ChunkID, size, from int, u teleplay.Urgency, sink teleplay.Sink) error {
	c := call{id, size, from, u, sink}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.ended++
		s.mu.Unlock()
	}()
	if s.fetch != nil {
		return s.fetch(ctx, c)
	}
	c.putAll()
	return nil
}

func (s *source) all() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *source) indexes() []int {
	list := []int{}
	for _, c := range s.all() {
		list = append(list, int(c.id.Index))
	}
	return list
}

func (s *source) times() map[teleplay.ChunkID]int {
	m := make(map[teleplay.ChunkID]int)
	for _, c := range s.all() {
		m[c.id]++
	}
	return m
}

// once fails the test unless each of n chunks was fetched exactly once.
func (s *source) once(t *testing.T, n int) {
	t.Helper()
	times := s.times()
	if len(times) != n || slices.Max(append(slices.Collect(maps.Values(times)), 0)) > 1 {
		t.Errorf("want each of %d chunks once, got %v", n, times)
	}
}

// gate is a fetch that waits until the test lets all through, or ctx ends.
func gate() (fetch func(context.Context, call) error, open func()) {
	ch := make(chan struct{})
	return func(ctx context.Context, c call) error {
		select {
		case <-ch:
			c.putAll()
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}, sync.OnceFunc(func() { close(ch) })
}

// engine is one with the default cache, ended with the test.
func engine(t testing.TB, s node.Source, change ...func(*node.Options)) *node.Engine {
	t.Helper()
	o := node.Options{Source: s}
	for _, f := range change {
		f(&o)
	}
	if o.Cache == nil {
		o.Cache = cache.Open(cache.Options{})
	}
	e := node.New(o)
	t.Cleanup(func() {
		e.Close()
		o.Cache.Close()
	})
	return e
}

// small is a cache that forgets at once.
func small(o *node.Options) { o.Cache = cache.Open(cache.Options{Memory: 1}) }

// file has message 7 and no duration.
func file(size int64) teleplay.File { return teleplay.File{Message: 7, Size: size} }

func whole(f teleplay.File) teleplay.Range { return teleplay.Range{Length: f.Size} }

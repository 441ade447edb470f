package cache

import "sync"

// recent is an LRU by bytes of what came in or was read last. Its zero value with
// max set is empty and ready.
type recent struct {
	mu    sync.Mutex
	root  entry // of the ring: root.next was used last, root.prev is next to fall
	bytes int64
	max   int64
}

// touch moves an entry to the front, if it is here at all.
func (r *recent) touch(e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.next != nil {
		r.unlink(e)
		r.link(e)
	}
}

// add puts a new entry in front and gives back the first that falls out for it.
// The caller asks overflow for the rest.
func (r *recent) add(e *entry) *entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.link(e)
	return r.fall()
}

// overflow gives back what falls out next, nil when all fits.
func (r *recent) overflow() *entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fall()
}

func (r *recent) fall() *entry {
	if r.bytes <= r.max {
		return nil
	}
	e := r.root.prev
	r.unlink(e)
	return e
}

func (r *recent) link(e *entry) {
	if r.root.next == nil {
		r.root.next, r.root.prev = &r.root, &r.root
	}
	e.prev, e.next = &r.root, r.root.next
	e.prev.next, e.next.prev = e, e
	r.bytes += e.cost()
}

func (r *recent) unlink(e *entry) {
	e.prev.next, e.next.prev = e.next, e.prev
	e.next, e.prev = nil, nil
	r.bytes -= e.cost()
}

package telegram

import "sync"

const halfBytes = partBytes / 2

// halves makes a part of its halves, which come in any order.
type halves struct {
	put func([]byte)

	mu   sync.Mutex
	b    [partBytes]byte
	seen [2]bool
}

func (h *halves) take(i int, b []byte) {
	h.mu.Lock()
	copy(h.b[i*halfBytes:], b)
	h.seen[i] = true
	whole := h.seen[0] && h.seen[1]
	h.mu.Unlock()
	if whole {
		h.put(h.b[:])
	}
}

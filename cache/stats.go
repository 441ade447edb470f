package cache

// Stats are counters since Open, but for Chunks, Bytes and Recent, which are now.
type Stats struct {
	Chunks int64 // in the index
	Bytes  int64 // of them
	Recent int64 // bytes of those in recent

	Hits, Misses int64 // of Get
	Offered      int64 // chunks that fell out of recent and were read before
	Dropped      int64 // of these: never judged, because the queue was full or a Set was lost
	Refused      int64 // of these: judged not worth keeping
	Evicted      int64 // of these: kept, and given up later for a better one
}

// Stats is what the cache holds and did. The figures are taken one by one, so they
// may differ by what happens meanwhile.
func (c *Cache) Stats() Stats {
	c.recent.mu.Lock()
	recent := c.recent.bytes
	c.recent.mu.Unlock()
	return Stats{
		Chunks:  c.index.chunks.Load(),
		Bytes:   c.index.bytes.Load(),
		Recent:  recent,
		Hits:    c.hits.Load(),
		Misses:  c.misses.Load(),
		Offered: c.adviser.offered.Load(),
		Dropped: c.adviser.dropped.Load(),
		Refused: c.adviser.refused.Load(),
		Evicted: c.adviser.evicted.Load(),
	}
}

package fake

import "time"

const (
	// backlogBytes is how much may wait for a client that reads slowly, and
	// backlogQueries how many queries of one connection may run, before no more is
	// read from it: 16 answers of 1 MiB, and more queries than any client has open.
	backlogBytes   = 16 << 20
	backlogQueries = 100
	// writeLimit is how long a client may take for one frame before the connection
	// is given up.
	writeLimit = time.Minute
)

// hold keeps the connection's reader waiting while the client is owed too much;
// the end of the connection ends it.
func (c *conn) hold() {
	for {
		c.mu.Lock()
		full := !c.closed && (c.owed > backlogBytes || c.running >= backlogQueries)
		c.mu.Unlock()
		if !full {
			return
		}
		select {
		case <-c.eased:
		case <-c.done:
			return
		}
	}
}

// started and ended count the queries that run.
func (c *conn) started() {
	c.mu.Lock()
	c.running++
	c.mu.Unlock()
}

func (c *conn) ended() {
	c.mu.Lock()
	c.running--
	c.mu.Unlock()
	c.ease()
}

// written says that n bytes of the queue have left.
func (c *conn) written(n int) {
	c.mu.Lock()
	c.owed -= n
	c.mu.Unlock()
	c.ease()
}

func (c *conn) ease() {
	signal(c.eased)
}

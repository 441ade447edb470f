package fake

import (
	"time"

	"github.com/gotd/td/tg"
)

const (
	// backlogBytes is how much may wait for a client that reads slowly, or is being
	// made for it, and backlogQueries how many queries of one connection may run,
	// before no more is read from it: 16 answers of 1 MiB, and more queries than any
	// client has open.
	backlogBytes   = 16 << 20
	backlogQueries = 100
	// writeLimit is how long a client may take for one frame before the connection
	// is given up.
	writeLimit = time.Minute
)

// hold keeps the connection's reader waiting while the client is owed too much;
// the end of the connection ends it.
func (c *conn) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closed && (c.owed > backlogBytes || c.running >= backlogQueries) {
		c.eased.Wait()
	}
}

// started and ended count the queries that run, and what each is going to owe the
// client: its answer, in memory, is not less.
func (c *conn) started(owes int) {
	c.mu.Lock()
	c.running++
	c.owed += owes
	c.mu.Unlock()
}

func (c *conn) ended(owes int) {
	c.mu.Lock()
	c.running--
	c.owed -= owes
	c.mu.Unlock()
	c.eased.Broadcast()
}

// rested is started for a query that a fault has delayed: those wait beside the
// others, however many. One whose answer has bytes of a file makes them once the
// client is not owed too much.
func (c *conn) rested(owes int, file bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for file && !c.closed && c.owed > backlogBytes {
		c.eased.Wait()
	}
	c.running++
	c.owed += owes
}

// written says that n bytes of the queue have left.
func (c *conn) written(n int) {
	c.mu.Lock()
	c.owed -= n
	c.mu.Unlock()
	c.eased.Broadcast()
}

// owes is how many bytes of a file a query asks for.
func (w wrapped) owes() int {
	if w.method != tg.UploadGetFileRequestTypeID {
		return 0
	}
	if a := argsOf(w.method, w.body); a != nil && !a.wrong {
		return a.Limit
	}
	return 0
}

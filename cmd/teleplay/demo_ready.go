package main

import (
	"context"
	"net/http"
	"time"
)

// readyPoll is how often a starting node is asked.
const readyPoll = 25 * time.Millisecond

// awaitReady waits until the node serves, or says how it ended.
func (d *demo) awaitReady(ctx context.Context, url string) error {
	deadline := time.NewTimer(readyWait)
	defer deadline.Stop()
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		if callJSON(ctx, http.MethodGet, url+"/ready", "", nil, nil) == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.node.ended:
			return d.node.why()
		case <-deadline.C:
			return &fault{1, "teleplay: the node was not ready in time"}
		case <-tick.C:
		}
	}
}

package telegram

import "time"

// burstGap is between two parts of leading edges on one lane: a server works on the
// requests of one connection in parallel and would answer the larger one first.
const burstGap = 3 * time.Millisecond

// traffic is what the scheduler knows of a lane. The Pool's mu guards it.
type traffic struct {
	pace
	next time.Time // no urgent part before
}

package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/teleplay/teleplay"
)

// The network of profile bench, which every limit of a time or a rate is for.
const (
	benchRTT  = 50 * time.Millisecond
	benchRate = 5_000_000 // bytes a second of one connection
	// A connection that was idle for a second begins anew with firstWindow, and
	// doubles it each RTT.
	idleTime    = 1100 * time.Millisecond // a tenth more than that second
	firstWindow = 10 * 1460               // bytes
)

// profile is the network that a bench asks the fake for.
type profile string

const (
	shaped   profile = "bench"
	unshaped profile = "none"
)

func (p profile) title() string {
	if p == shaped {
		return fmt.Sprintf("bench: RTT %v, %d MB/s per connection, slow start", benchRTT, benchRate/1_000_000)
	}
	return "none: no limit of rate, no RTT"
}

// shape is the body of PATCH /network.
func (p profile) shape() map[string]any {
	if p == shaped {
		return map[string]any{"default": map[string]any{"rtt": benchRTT.String(), "rate": benchRate, "slow_start": true}}
	}
	return map[string]any{"default": map[string]any{"rtt": "0s", "rate": 0, "slow_start": false}}
}

// warmTime is how long one call of n bytes takes when the window is open.
func warmTime(n int) time.Duration {
	return benchRTT + time.Duration(float64(n)/benchRate*float64(time.Second))
}

// coldTime is the same when it is not: full windows an RTT each until they reach
// the rate, and what is left at the rate.
func coldTime(n int) time.Duration {
	d, full := benchRTT, int(benchRate*benchRTT.Seconds())
	for window := firstWindow; window < full && n > window; window *= 2 {
		n -= window
		d += benchRTT
	}
	return d + time.Duration(float64(n)/benchRate*float64(time.Second))
}

// setting is a number of helpers and of lanes of each.
type setting struct{ helpers, lanes int }

func (s setting) all() int       { return s.helpers * s.lanes }
func (s setting) String() string { return fmt.Sprintf("%dx%d", s.helpers, s.lanes) }

// UnmarshalText reads "2x4".
func (s *setting) UnmarshalText(b []byte) error {
	var rest string
	n, _ := fmt.Sscanf(string(b)+"\n", "%dx%d%s", &s.helpers, &s.lanes, &rest)
	if n != 2 || s.helpers < 1 || s.lanes < 1 || s.all() > 256 || strings.ContainsAny(string(b), "+ ") {
		return fmt.Errorf("%q: want helpers and lanes of each, like 2x4", b)
	}
	return nil
}

// wholeLimit is how long a MiB over n lanes may take, in ms: 15 % above what the
// lanes can carry at best.
func wholeLimit(n int) float64 {
	return 1.15 * ms(benchRTT+time.Duration(math.Round(float64(teleplay.ChunkSize)/float64(n)/benchRate*1e9)))
}

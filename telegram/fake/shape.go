package fake

import "time"

// Shape is the network between the clients and one connection's server, and the
// server's own pace. The zero value is none: everything is there at once.
type Shape struct {
	RTT         time.Duration // half of it each way; connecting costs one
	Jitter      time.Duration // up to so much later each way, in order
	Rate        int64         // bytes/s of one connection to the client; 0 = no limit
	AccountRate int64         // bytes/s of all connections of an account together; 0 = no limit
	SlowStart   bool          // see line
	Think       time.Duration // of the server for each query
}

// Profile is a shape by its name: none, or bench, which is what benchmarks compare
// on and no claim about the real network. ok = false: there is no such name.
func Profile(name string) (s Shape, ok bool) {
	switch name {
	case "none":
		return Shape{}, true
	case "bench":
		return Shape{RTT: 50 * time.Millisecond, Rate: 5_000_000, SlowStart: true}, true
	}
	return Shape{}, false
}

const (
	shapeMost = time.Minute // of a shape's durations
	rateLeast = 100         // bytes/s: below that nothing would come in an exchange's time
)

// Check is an error that says what to do about a shape that is none.
func (s Shape) Check() error {
	for name, d := range map[string]time.Duration{"rtt": s.RTT, "jitter": s.Jitter, "think": s.Think} {
		if d < 0 || d > shapeMost {
			return invalid("%s is a duration from 0s to %v, not %v", name, shapeMost, d)
		}
	}
	for name, r := range map[string]int64{"rate": s.Rate, "account_rate": s.AccountRate} {
		if r != 0 && r < rateLeast {
			return invalid("%s is %d bytes/s or more, or 0 for no limit, not %d", name, rateLeast, r)
		}
	}
	return nil
}

// direct says that bytes to the client go straight to the socket.
func (s Shape) direct() bool {
	return s.RTT == 0 && s.Jitter == 0 && s.Rate == 0 && s.AccountRate == 0
}

// rate is the slower of the two rates; 0 = none.
func (s Shape) rate() int64 {
	if s.Rate == 0 || s.AccountRate != 0 && s.AccountRate < s.Rate {
		return s.AccountRate
	}
	return s.Rate
}

// partShape sets some fields of a Shape; it is a Shape in JSON.
type partShape struct {
	RTT         *span  `json:"rtt,omitempty"`
	Jitter      *span  `json:"jitter,omitempty"`
	Rate        *int64 `json:"rate,omitempty"`
	AccountRate *int64 `json:"account_rate,omitempty"`
	SlowStart   *bool  `json:"slow_start,omitempty"`
	Think       *span  `json:"think,omitempty"`
}

// over is s with the fields that p sets.
func (p partShape) over(s Shape) Shape {
	set(&s.RTT, (*time.Duration)(p.RTT))
	set(&s.Jitter, (*time.Duration)(p.Jitter))
	set(&s.Rate, p.Rate)
	set(&s.AccountRate, p.AccountRate)
	set(&s.SlowStart, p.SlowStart)
	set(&s.Think, (*time.Duration)(p.Think))
	return s
}

func set[T any](to *T, v *T) {
	if v != nil {
		*to = *v
	}
}

// whole sets every field, as s has it.
func (s Shape) whole() partShape {
	rtt, jitter, think := span(s.RTT), span(s.Jitter), span(s.Think)
	return partShape{RTT: &rtt, Jitter: &jitter, Rate: &s.Rate, AccountRate: &s.AccountRate, SlowStart: &s.SlowStart, Think: &think}
}

package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bounds what one address, session or user may ask. A zero
// field has the default named beside it.
type Limits struct {
	Off bool // lifts them all, for benches

	Codes      int // login codes made, per minute and address: 10
	Verify     int // verify and web-link calls, per minute and address: 120
	WrongCodes int // distinct wrong codes, per 10 minutes and address: 10
	Refresh    int // rotations, per minute and session: 30
	Calls      int // calls but media, per minute and user: 600
	CallBurst  int // of Calls at once: 100
	Anonymous  int // calls without login, per minute and address: 300
	Thumbs     int // per minute and user: 1200
	ThumbBurst int // of Thumbs at once: 300
	Misses     int // answers of 401 or 404, per minute and address: 60

	Streams      int // open at once, per user: 32
	EventStreams int // open at once, per user: 8
}

// trackedKeys is how many addresses, users or sessions one limit remembers: with
// about 200 bytes each a flood of addresses costs 2 MB a limit and no more.
const trackedKeys = 10_000

type limiters struct {
	codes, verify, anonymous, misses *buckets[string]
	refresh, calls, thumbs           *buckets[int32]
	wrong                            *wrongCodes
	polls                            *polls
	streams, events                  *slots
}

func newLimiters(l Limits, now func() time.Time) limiters {
	or := func(n, def int) int {
		if n == 0 {
			return def
		}
		return n
	}
	return limiters{
		codes:     newBuckets[string](l.Off, or(l.Codes, 10), or(l.Codes, 10), now),
		verify:    newBuckets[string](l.Off, or(l.Verify, 120), or(l.Verify, 120), now),
		anonymous: newBuckets[string](l.Off, or(l.Anonymous, 300), or(l.Anonymous, 300), now),
		misses:    newBuckets[string](l.Off, or(l.Misses, 60), or(l.Misses, 60), now),
		refresh:   newBuckets[int32](l.Off, or(l.Refresh, 30), or(l.Refresh, 30), now),
		calls:     newBuckets[int32](l.Off, or(l.Calls, 600), or(l.CallBurst, 100), now),
		thumbs:    newBuckets[int32](l.Off, or(l.Thumbs, 1200), or(l.ThumbBurst, 300), now),
		wrong:     &wrongCodes{off: l.Off, most: or(l.WrongCodes, 10), now: now, seen: map[string]*wrongSet{}},
		polls:     &polls{off: l.Off, now: now, next: map[string]poll{}},
		streams:   &slots{off: l.Off, most: or(l.Streams, 32), open: map[int32]int{}},
		events:    &slots{off: l.Off, most: or(l.EventStreams, 8), open: map[int32]int{}},
	}
}

// buckets is one token bucket a key. Any goroutine may use it.
type buckets[K comparable] struct {
	off   bool
	rate  rate.Limit
	burst int
	now   func() time.Time

	mu sync.Mutex
	m  map[K]*rate.Limiter // guarded by mu
}

func newBuckets[K comparable](off bool, perMinute, burst int, now func() time.Time) *buckets[K] {
	return &buckets[K]{off: off, rate: rate.Limit(float64(perMinute) / 60), burst: burst, now: now, m: map[K]*rate.Limiter{}}
}

// take spends one token of the key, or says so by errTooMany.
func (b *buckets[K]) take(key K) error {
	if b.off {
		return nil
	}
	now := b.now()
	l := b.of(key, now)
	if l.AllowN(now, 1) {
		return nil
	}
	wait := (1 - l.TokensAt(now)) / float64(b.rate)
	return errTooMany.After(time.Duration(wait * float64(time.Second)))
}

// spent tells whether the key has no token left, without taking one.
func (b *buckets[K]) spent(key K) bool {
	if b.off {
		return false
	}
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.m[key]
	return l != nil && l.TokensAt(now) < 1
}

func (b *buckets[K]) of(key K, now time.Time) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.m[key]
	if l == nil {
		// A bucket that is full again is as good as none.
		makeRoom(b.m, func(l *rate.Limiter) bool { return l.TokensAt(now) >= float64(b.burst) })
		l = rate.NewLimiter(b.rate, b.burst)
		b.m[key] = l
	}
	return l
}

// makeRoom forgets what is over once trackedKeys are there and, if that frees too
// little, some that are not: a tenth at least, so that a flood of new keys does not
// look at all of them each time.
func makeRoom[K comparable, V any](m map[K]V, over func(V) bool) {
	if len(m) < trackedKeys {
		return
	}
	for k, v := range m {
		if over(v) {
			delete(m, k)
		}
	}
	for k := range m {
		if len(m) <= trackedKeys*9/10 {
			return
		}
		delete(m, k)
	}
}

// slots counts what one user has open.
type slots struct {
	off  bool
	most int

	mu   sync.Mutex
	open map[int32]int // guarded by mu
}

// take opens one; the caller calls leave once when it is closed.
func (s *slots) take(user int32) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[user] >= s.most && !s.off {
		return nil, errTooMany.After(5 * time.Second)
	}
	s.open[user]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[user]--; s.open[user] <= 0 {
			delete(s.open, user)
		}
	}, nil
}

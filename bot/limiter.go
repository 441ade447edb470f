package bot

import (
	"sync"
	"time"
)

// limiterKeys bounds a limiter's memory; the oldest key falls out.
const limiterKeys = 10_000

// limiter counts events per key in fixed windows. Its zero value with most, per
// and now set is ready.
type limiter struct {
	most int
	per  time.Duration
	now  func() time.Time

	mu   sync.Mutex
	seen map[int64]*window // guarded by mu
}

type window struct {
	ends  time.Time
	count int
}

// add counts one event and says whether it is within the limit.
func (l *limiter) add(key int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window(key)
	w.count++
	return w.count <= l.most
}

// full says whether the limit is used up, and until when.
func (l *limiter) full(key int64) (until time.Time, full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window(key)
	return w.ends, w.count >= l.most
}

func (l *limiter) window(key int64) *window {
	now := l.now()
	if l.seen == nil {
		l.seen = make(map[int64]*window)
	}
	w := l.seen[key]
	if w != nil && now.Before(w.ends) {
		return w
	}
	if w == nil && len(l.seen) >= limiterKeys {
		l.forget(now)
	}
	w = &window{ends: now.Add(l.per)}
	l.seen[key] = w
	return w
}

// forget drops what is over, or else the window that ends first.
func (l *limiter) forget(now time.Time) {
	var oldest int64
	var ends time.Time
	for k, w := range l.seen {
		if !now.Before(w.ends) {
			delete(l.seen, k)
		} else if ends.IsZero() || w.ends.Before(ends) {
			oldest, ends = k, w.ends
		}
	}
	if len(l.seen) >= limiterKeys {
		delete(l.seen, oldest)
	}
}

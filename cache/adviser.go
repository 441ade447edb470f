package cache

import (
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/ristretto/v2"

	"github.com/teleplay/teleplay"
)

const (
	// queueLength bounds what waits for the feeder, in chunks.
	queueLength = 64
	// batchLength is how many Sets are made before the feeder waits for all their
	// verdicts. ristretto's own buffer is 32,768 deep and uncounted; so it is never
	// more than this full.
	batchLength = 32
	// countersPerChunk is ristretto's own advice for NumCounters.
	countersPerChunk = 10
	// touchBuffer keeps touches from getting lost: they wait in a sync.Pool that
	// the garbage collector empties; of 2,000, 64 kept 448 and 8 kept 1,896.
	touchBuffer = 8
)

// adviser says by ristretto which of the demanded chunks stay. An entry that is
// offered stays in the index until drop is called for it.
type adviser struct {
	policy *ristretto.Cache[uint64, *entry]
	set    func(key uint64, e *entry, cost int64) bool // policy.Set, but for tests
	drop   func(*entry)

	queue      chan *entry
	stop, done chan struct{}

	mu     sync.RWMutex // touch reads, close writes: a late Get inside ristretto's Close panics
	closed bool

	offered, dropped, refused, evicted atomic.Int64
}

func openAdviser(max int64, drop func(*entry)) *adviser {
	a := &adviser{
		drop:  drop,
		queue: make(chan *entry, queueLength),
		stop:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	policy, err := ristretto.NewCache(&ristretto.Config[uint64, *entry]{
		NumCounters:        countersPerChunk * (1 + max/teleplay.ChunkSize),
		MaxCost:            max,
		BufferItems:        touchBuffer,
		IgnoreInternalCost: true, // costs are bytes
		OnReject:           func(*ristretto.Item[*entry]) { a.refused.Add(1) },
		OnEvict:            func(*ristretto.Item[*entry]) { a.evicted.Add(1) },
		OnExit:             drop,
	})
	if err != nil {
		panic(err) // only for options that are not positive, and these are
	}
	a.policy, a.set = policy, policy.Set
	go a.run()
	return a
}

// touch counts a demand.
func (a *adviser) touch(key uint64) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if !a.closed {
		a.policy.Get(key)
	}
}

// offer never waits: when the feeder cannot keep up, the chunk is dropped.
func (a *adviser) offer(e *entry) {
	a.offered.Add(1)
	select {
	case a.queue <- e:
	default:
		a.dropped.Add(1)
		a.drop(e)
	}
}

// run feeds ristretto, alone, so that what it has not judged yet stays bounded.
func (a *adviser) run() {
	defer close(a.done)
	for {
		select {
		case e := <-a.queue:
			a.judge(e)
		case <-a.stop:
			return
		}
	}
}

// judge offers e and what waits behind it, and returns after the verdicts.
func (a *adviser) judge(e *entry) {
	for n := 1; ; n++ {
		if !a.set(e.key, e, e.cost()) { // no callback comes for it
			a.dropped.Add(1)
			a.drop(e)
		}
		if n == batchLength {
			break
		}
		select {
		case e = <-a.queue:
			continue
		default:
		}
		break
	}
	a.policy.Wait()
}

func (a *adviser) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	a.closed = true
	close(a.stop) // a Set inside ristretto's Close panics: the feeder goes first
	<-a.done
	a.policy.Close()
}

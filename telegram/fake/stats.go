package fake

import (
	"maps"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gotd/td/tgerr"
)

// stats counts what the fake sees, exactly: tests assert these numbers.
type stats struct {
	now func() time.Time

	counter // totals

	mu       sync.Mutex
	since    time.Time
	accounts map[int64]*accountStats
	layers   map[int]int64 // invokeWithLayer of layers that we do not speak
}

// counter is what GET /stats counts, in all and of each account.
type counter struct {
	connections, connectionsMax, exchanges, logins, floods, callsWhileFlooded, migrations, referenceErrors, keysDuplicated, bytesSent, bytesReceived atomic.Int64
}

// accountStats is what concerns one account.
type accountStats struct {
	id int64
	counter
	methods map[string]*methodStats // guarded by stats.mu
}

// methodStats is what concerns one method of one account. stats.mu guards it.
type methodStats struct {
	calls, ok, bytes      int64
	errors                map[string]int64
	inFlight, inFlightMax int64
	took                  [200]int64 // calls by time: bucket i holds 1.1^i µs
	longest               time.Duration
}

func newStats(now func() time.Time) *stats {
	return &stats{now: now, accounts: map[int64]*accountStats{}, layers: map[int]int64{}}
}

// open counts a connection that begins.
func (c *counter) open() {
	n := c.connections.Add(1)
	for old := c.connectionsMax.Load(); n > old && !c.connectionsMax.CompareAndSwap(old, n); old = c.connectionsMax.Load() {
	}
}

func (c *counter) clear() {
	c.connectionsMax.Store(c.connections.Load())
	for _, n := range []*atomic.Int64{&c.exchanges, &c.logins, &c.floods, &c.callsWhileFlooded, &c.migrations, &c.referenceErrors, &c.keysDuplicated, &c.bytesSent, &c.bytesReceived} {
		n.Store(0)
	}
}

// account is the counters of an account. st.mu is held.
func (st *stats) account(id int64) *accountStats {
	a := st.accounts[id]
	if a == nil {
		a = &accountStats{id: id, methods: map[string]*methodStats{}}
		st.accounts[id] = a
	}
	return a
}

// received and sent count bytes on the wire; a may be nil.
func (st *stats) received(a *accountStats, n int) {
	st.bytesReceived.Add(int64(n))
	if a != nil {
		a.bytesReceived.Add(int64(n))
	}
}

func (st *stats) sent(a *accountStats, n int) {
	st.bytesSent.Add(int64(n))
	if a != nil {
		a.bytesSent.Add(int64(n))
	}
}

// moved makes a connection the account's, unless it has as many as it may; 0 = any
// number.
func (st *stats) moved(c *conn, account, most int64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	a := st.account(account)
	old := c.account.Load()
	if old == a || c.parted { // a login may end after its connection
		return true
	}
	if most > 0 && a.connections.Load() >= most {
		return false
	}
	c.account.Store(a)
	if old != nil {
		old.connections.Add(-1)
	}
	a.open()
	return true
}

// refused counts a call that a flood has refused: one that was given by it, or before.
func (st *stats) refused(account int64, given bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, c := range []*counter{&st.counter, &st.account(account).counter} {
		if given {
			c.floods.Add(1)
		} else {
			c.callsWhileFlooded.Add(1)
		}
	}
}

func (st *stats) duplicated(account int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.keysDuplicated.Add(1)
	st.account(account).keysDuplicated.Add(1)
}

// gone says that a connection has ended, for good.
func (st *stats) gone(c *conn) {
	st.mu.Lock()
	defer st.mu.Unlock()
	c.parted = true
	st.connections.Add(-1)
	if a := c.account.Load(); a != nil {
		a.connections.Add(-1)
	}
}

func (st *stats) loggedIn(account int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.logins.Add(1)
	st.account(account).logins.Add(1)
}

// strange counts a call in a layer that we do not speak.
func (st *stats) strange(layer int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.layers[layer]++
}

// runningCall is a call that was counted and did not end yet.
type runningCall struct {
	st     *stats
	method string
	of     *accountStats
	m      *methodStats
}

// begin counts a call.
func (st *stats) begin(account int64, method string) *runningCall {
	st.mu.Lock()
	defer st.mu.Unlock()
	r := &runningCall{st: st, method: method}
	r.count(account)
	return r
}

// count adds the call to an account. stats.mu is held.
func (r *runningCall) count(account int64) {
	r.of = r.st.account(account)
	m := r.of.methods[r.method]
	if m == nil {
		m = &methodStats{errors: map[string]int64{}}
		r.of.methods[r.method] = m
	}
	r.m = m
	m.calls++
	m.inFlight++
	m.inFlightMax = max(m.inFlightMax, m.inFlight)
}

// charge makes the call another account's.
func (r *runningCall) charge(account int64) {
	r.st.mu.Lock()
	defer r.st.mu.Unlock()
	if r.of.id == account {
		return
	}
	r.m.calls--
	if r.m.inFlight--; r.m.calls == 0 {
		delete(r.of.methods, r.method)
	}
	r.count(account)
}

// end says how the call ended: by an error, well, or so that nobody hears of it.
func (r *runningCall) end(e *tgerr.Error, heard bool, bytes int64, took time.Duration) {
	r.st.mu.Lock()
	defer r.st.mu.Unlock()
	m := r.m
	m.inFlight--
	m.took[bucket(took)]++
	m.longest = max(m.longest, took)
	if e == nil {
		if heard {
			m.ok++
			m.bytes += bytes
		}
		return
	}
	m.errors[e.Type]++
	for _, c := range []*counter{&r.st.counter, &r.of.counter} {
		switch {
		case strings.HasSuffix(e.Type, "_MIGRATE"):
			c.migrations.Add(1)
		case strings.HasPrefix(e.Type, "FILE_REFERENCE_"):
			c.referenceErrors.Add(1)
		}
	}
}

// bucket is the place of a duration in methodStats.took.
func bucket(d time.Duration) int {
	us := float64(d) / float64(time.Microsecond)
	return min(max(int(math.Ceil(math.Log(max(us, 1))/math.Log(1.1))), 0), 199)
}

// at is the time in ms below which the share q of the calls stays.
func (m *methodStats) at(q float64) float64 {
	var all, sum int64
	for _, n := range m.took {
		all += n
	}
	for i, n := range m.took {
		if sum += n; n > 0 && float64(sum) >= q*float64(all) {
			return round3(min(math.Pow(1.1, float64(i))/1000, millis(m.longest)))
		}
	}
	return 0
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func round3(f float64) float64       { return math.Round(f*1000) / 1000 }

// reset begins to count anew; open connections and running calls stay counted.
func (st *stats) reset() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.since = st.now()
	st.clear()
	clear(st.layers)
	for _, a := range st.accounts {
		a.clear()
		for name, m := range a.methods {
			if m.inFlight == 0 {
				delete(a.methods, name)
				continue
			}
			*m = methodStats{errors: map[string]int64{}, calls: m.inFlight, inFlight: m.inFlight, inFlightMax: m.inFlight}
		}
	}
}

// view is GET /stats.
func (st *stats) view() statsView {
	st.mu.Lock()
	defer st.mu.Unlock()
	v := statsView{Since: stamp{st.since}, Totals: st.counter.view(), Accounts: map[int64]accountView{}, Layers: maps.Clone(st.layers)}
	for id, a := range st.accounts {
		av := accountView{countView: a.counter.view(), Methods: map[string]methodView{}}
		for name, m := range a.methods {
			av.Methods[name] = methodView{
				Calls: m.calls, OK: m.ok, Bytes: m.bytes, Errors: maps.Clone(m.errors), InFlightMax: m.inFlightMax,
				MS: timesView{P50: m.at(.5), P95: m.at(.95), Max: round3(millis(m.longest))},
			}
		}
		v.Accounts[id] = av
	}
	v.Process = process()
	return v
}

func process() processView {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return processView{}
	}
	cpu := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	return processView{CPUSeconds: round3(cpu.Seconds()), RSS: resident()}
}

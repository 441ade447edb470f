package fake

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// network has the shapes in force, and what connections share of them.
type network struct {
	start Shape // immutable: the options'
	dcs   []int // immutable

	rules atomic.Pointer[shapes]

	mu    sync.Mutex
	links map[int64]*link // by account
}

// shapes are the settings of the network; a later field's shapes go over those of
// the earlier ones. They are never changed, only replaced.
type shapes struct {
	Default  partShape           `json:"default"`
	DCs      map[int]partShape   `json:"dcs"`
	Places   map[int]partShape   `json:"places"`
	Accounts map[int64]partShape `json:"accounts"`

	none bool // no connection has a shape
}

func newNetwork(start Shape, dcs []int) *network {
	n := &network{start: start, dcs: dcs, links: map[int64]*link{}}
	n.reset()
	return n
}

// reset brings back what the options say.
func (n *network) reset() {
	n.rules.Store(&shapes{none: n.start == Shape{}, DCs: map[int]partShape{}, Places: map[int]partShape{}, Accounts: map[int64]partShape{}})
}

// of is the shape of a connection.
func (n *network) of(dc, place int, account int64) Shape {
	r := n.rules.Load()
	if r.none {
		return Shape{}
	}
	s := r.Default.over(n.start)
	s = r.DCs[dc].over(s)
	s = r.Places[place].over(s)
	return r.Accounts[account].over(s)
}

// view is the whole, with every field of the default.
func (n *network) view() shapes {
	v := *n.rules.Load()
	v.Default = v.Default.over(n.start).whole()
	return v
}

// change merges a JSON object into the settings, at every depth; null takes away
// what was set.
func (n *network) change(patch []byte) (shapes, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := checkNames(patch, reflect.TypeFor[shapes](), ""); err != nil {
		return shapes{}, err // null for what is not there would pass below
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(patch))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil || fields == nil || d.More() {
		return shapes{}, invalid("the body must be one JSON object")
	}
	old, err := json.Marshal(n.rules.Load())
	if err != nil {
		return shapes{}, err
	}
	var current map[string]any
	d = json.NewDecoder(bytes.NewReader(old))
	d.UseNumber()
	if err := d.Decode(&current); err != nil {
		return shapes{}, err
	}
	merged, err := json.Marshal(patched(current, fields))
	if err != nil {
		return shapes{}, err
	}
	next := &shapes{DCs: map[int]partShape{}, Places: map[int]partShape{}, Accounts: map[int64]partShape{}}
	if err := fill(next, merged); err != nil {
		return shapes{}, err
	}
	if err := n.check(next); err != nil {
		return shapes{}, err
	}
	next.none = next.Default.over(n.start) == Shape{} && len(next.DCs) == 0 && len(next.Places) == 0 && len(next.Accounts) == 0
	n.rules.Store(next)
	return n.view(), nil
}

// patched is the JSON value old with patch over it (RFC 7396).
func patched(old any, patch map[string]any) map[string]any {
	to, _ := old.(map[string]any)
	to = maps.Clone(to)
	if to == nil {
		to = map[string]any{}
	}
	for name, v := range patch {
		switch v := v.(type) {
		case nil:
			delete(to, name)
		case map[string]any:
			to[name] = patched(to[name], v)
		default:
			to[name] = v
		}
	}
	return to
}

func (n *network) check(s *shapes) error {
	list := []partShape{s.Default}
	for dc, p := range s.DCs {
		if !slices.Contains(n.dcs, dc) {
			return invalid("there is no DC %d; there are %v", dc, n.dcs)
		}
		list = append(list, p)
	}
	for place, p := range s.Places {
		if place != onlyPlace {
			return invalid("there is no place %d; there is place %d alone", place, onlyPlace)
		}
		list = append(list, p)
	}
	for account, p := range s.Accounts {
		if account < 0 {
			return invalid("an account is a bot's id, or 0 for who has not logged in, not %d", account)
		}
		list = append(list, p)
	}
	for _, p := range list {
		if err := p.over(Shape{}).Check(); err != nil {
			return err
		}
	}
	return nil
}

// link is what all connections of an account share by account_rate.
type link struct {
	mu   sync.Mutex
	free time.Time // when what was taken has left
}

func (n *network) link(account int64) *link {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.links[account]
	if l == nil {
		l = new(link)
		n.links[account] = l
	}
	return l
}

// take is from when on n bytes that may leave at at do leave.
func (l *link) take(at time.Time, n int, rate int64) time.Time {
	if rate == 0 {
		return at
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.Before(l.free) {
		at = l.free
	}
	l.free = at.Add(lasting(n, rate))
	return at
}

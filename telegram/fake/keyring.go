package fake

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/crypto"
)

// keyring is the registry of auth keys. A DC knows its own keys only.
type keyring struct {
	rand io.Reader
	now  func() time.Time
	save atomic.Pointer[saver] // called after every change

	mu        sync.RWMutex
	keys      map[int]map[[8]byte]*authKey
	byAccount map[int64]map[*authKey]bool
}

func newKeyring(o Options) *keyring {
	return &keyring{
		rand: o.Rand, now: o.Now,
		keys:      map[int]map[[8]byte]*authKey{},
		byAccount: map[int64]map[*authKey]bool{},
	}
}

type saver struct{ save func() }

func (r *keyring) changed() {
	if s := r.save.Load(); s != nil {
		s.save()
	}
}

// find is the key with that id in the DC, or nil.
func (r *keyring) find(dc int, id [8]byte) *authKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[dc][id]
}

// add registers the key that an exchange has made. first is its salt.
func (r *keyring) add(dc int, value crypto.Key, first int64) *authKey {
	k := r.put(keyState{DC: dc, Key: value[:], First: first, Created: r.now()})
	r.changed()
	return k
}

// made is a new key that is logged in already, as POST /keys gives it.
func (r *keyring) made(dc int, account int64) (*authKey, error) {
	var value crypto.Key
	if _, err := io.ReadFull(r.rand, value[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	k := r.put(keyState{DC: dc, Key: value[:], Created: r.now(), Account: account})
	r.changed()
	return k, nil
}

func (r *keyring) put(s keyState) *authKey {
	k := &authKey{
		key: crypto.Key(s.Key).WithID(), dc: s.DC, ring: r, first: s.First, created: s.Created,
		bot: s.Account, refusal: s.Refusal, layer: s.Layer, inited: s.Inited, sessions: map[int64]*session{},
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys[s.DC] == nil {
		r.keys[s.DC] = map[[8]byte]*authKey{}
	}
	r.keys[s.DC][k.key.ID] = k
	r.index(k, 0, s.Account)
	return k
}

// bind logs a key in, or (0) out; one that was forgotten meanwhile is nobody's.
func (r *keyring) bind(k *authKey, account int64) {
	r.mu.Lock()
	if r.keys[k.dc][k.key.ID] != k {
		r.mu.Unlock()
		return
	}
	k.mu.Lock()
	old := k.bot
	k.bot = account
	if old != 0 {
		k.was = old
	}
	k.refusal = ""
	if account == 0 {
		for _, s := range k.sessions {
			s.updates.Store(false)
		}
	}
	k.mu.Unlock()
	r.index(k, old, account)
	r.mu.Unlock()
	if old != account {
		r.changed()
	}
}

// index moves the key from account to account; 0 = none. r.mu is held.
func (r *keyring) index(k *authKey, from, to int64) {
	delete(r.byAccount[from], k)
	if to != 0 {
		if r.byAccount[to] == nil {
			r.byAccount[to] = map[*authKey]bool{}
		}
		r.byAccount[to][k] = true
	}
}

// drop forgets a key; false = it was not known.
func (r *keyring) drop(k *authKey) bool {
	r.mu.Lock()
	known := r.keys[k.dc][k.key.ID] == k
	if known {
		delete(r.keys[k.dc], k.key.ID)
		r.index(k, k.account(), 0)
	}
	r.mu.Unlock()
	if known {
		r.changed()
	}
	return known
}

// all lists every key.
func (r *keyring) all() []*authKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []*authKey
	for _, keys := range r.keys {
		list = slices.AppendSeq(list, maps.Values(keys))
	}
	return list
}

// of lists the keys of an account.
func (r *keyring) of(account int64) []*authKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Collect(maps.Keys(r.byAccount[account]))
}

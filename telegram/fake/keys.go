package fake

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/crypto"
)

// authKey is one authorization key of one DC. Layer, initConnection and login
// belong to it, not to a connection or session (a client that comes back with a
// new session of a known key may call anything at once).
type authKey struct {
	key  crypto.AuthKey
	dc   int
	ring *keyring

	mu       sync.Mutex
	bot      int64
	refusal  string // a revoked login's error; "" = none
	layer    int
	inited   bool
	strange  bool  // its layer was logged
	first    int64 // the exchange's own salt, good for its first hour; 0 = none
	created  time.Time
	sessions map[int64]*session
}

// account is the bot that is logged in by this key, or 0.
func (k *authKey) account() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.bot
}

// login binds the key to an account.
func (k *authKey) login(account int64) { k.ring.bind(k, account) }

// logout frees the key of its account; its sessions get no more updates.
func (k *authKey) logout() { k.ring.bind(k, 0) }

// refuse revokes the login: every query is answered by 401 with that text.
func (k *authKey) refuse(with string) {
	k.logout()
	k.mu.Lock()
	k.refusal = with
	k.mu.Unlock()
	k.ring.changed()
}

// refused is the error of a revoked login, or "".
func (k *authKey) refused() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.refusal
}

// enter notes what initConnection and invokeWithLayer said and whether the key
// ever sent an initConnection. layer 0 = not said.
func (k *authKey) enter(layer int, inited bool) (now int, ok bool) {
	k.mu.Lock()
	changed := layer != 0 && layer != k.layer || inited && !k.inited
	if layer != 0 {
		k.layer = layer
	}
	k.inited = k.inited || inited
	now, ok = k.layer, k.inited
	k.mu.Unlock()
	if changed {
		k.ring.changed()
	}
	return now, ok
}

// saltPeriod is how often the server's salt changes; each is taken for two
// periods, like the real one's.
const saltPeriod = 30 * time.Minute

// salt is the key's salt of the period n; it follows from the key, so a restart
// changes nothing.
func (k *authKey) saltOf(n int64) int64 {
	h := sha256.New()
	h.Write(k.key.Value[:])
	_ = binary.Write(h, binary.LittleEndian, n)
	return int64(binary.LittleEndian.Uint64(h.Sum(nil)))
}

func period(t time.Time) int64 { return t.Unix() / int64(saltPeriod/time.Second) }

// salt is the newest good salt.
func (k *authKey) salt(now time.Time) int64 { return k.saltOf(period(now)) }

func (k *authKey) goodSalt(salt int64, now time.Time) bool {
	if n := period(now); salt == k.saltOf(n) || salt == k.saltOf(n-1) {
		return true
	}
	return k.first != 0 && salt == k.first && now.Sub(k.created) < 2*saltPeriod
}

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

func (r *keyring) bind(k *authKey, account int64) {
	r.mu.Lock()
	k.mu.Lock()
	old := k.bot
	k.bot = account
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

// drop forgets a key.
func (r *keyring) drop(k *authKey) {
	r.mu.Lock()
	delete(r.keys[k.dc], k.key.ID)
	r.index(k, k.account(), 0)
	r.mu.Unlock()
	r.changed()
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

// keyState is an authKey at rest. Sessions are not kept: a client of a restarted
// server is told by new_session_created.
type keyState struct {
	DC      int       `json:"dc"`
	Key     []byte    `json:"key"`
	First   int64     `json:"first,string,omitempty"`
	Created time.Time `json:"created"`
	Account int64     `json:"account,omitempty"`
	Refusal string    `json:"refusal,omitempty"`
	Layer   int       `json:"layer,omitempty"`
	Inited  bool      `json:"inited,omitempty"`
}

// snapshot is all keys, oldest first.
func (r *keyring) snapshot() []keyState {
	list := []keyState{}
	for _, k := range r.all() {
		k.mu.Lock()
		list = append(list, keyState{DC: k.dc, Key: k.key.Value[:], First: k.first, Created: k.created,
			Account: k.bot, Refusal: k.refusal, Layer: k.layer, Inited: k.inited})
		k.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b keyState) int { return a.Created.Compare(b.Created) })
	return list
}

// restore replaces all keys.
func (r *keyring) restore(list []keyState) error {
	for _, s := range list {
		if len(s.Key) != len(crypto.Key{}) {
			return errors.New("an auth key must have 256 bytes")
		}
	}
	r.mu.Lock()
	clear(r.keys)
	clear(r.byAccount)
	r.mu.Unlock()
	for _, s := range list {
		r.put(s)
	}
	r.changed()
	return nil
}

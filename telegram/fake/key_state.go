package fake

import (
	"errors"
	"slices"
	"time"

	"github.com/gotd/td/crypto"
)

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

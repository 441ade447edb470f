package fake

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"sync"
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
	was      int64  // the account before
	refusal  string // a revoked login's error; "" = none
	layer    int
	inited   bool
	strange  bool  // its layer was logged
	first    int64 // the exchange's own salt, good for its first hour; 0 = none
	created  time.Time
	sessions map[int64]*session
	sweepAt  int             // so many sessions make the next sweep
	buried   map[int64]int64 // the last msg_id of sessions that ended

	buriedLimit int // so many of those are looked through for old ones
}

// account is the bot that is logged in by this key, or 0.
func (k *authKey) account() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.bot
}

// user is the account that is logged in, or was last; 0 = none ever was.
func (k *authKey) user() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return cmp.Or(k.bot, k.was)
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

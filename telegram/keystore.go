package telegram

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/teleplay/teleplay"
)

// KeyStore is a process's auth keys in one sealed file. A key used from two
// places is killed by Telegram and a new one costs a login, so every change is on
// the disk before it is used. All methods are safe for any goroutine.
//
// The file: a magic, then a record for each (bot, dc): both in the clear, nonce,
// key sealed by AES-256-GCM with (node, bot, dc) as associated data; at the end a
// seal over all that comes before, so that a cut or mixed file is seen.
type KeyStore struct {
	path string        // immutable
	node string        // immutable
	aead cipher.AEAD   // immutable
	turn chan struct{} // held while a key is made: 0.6 CPU-s each, so one by one

	mu     sync.Mutex
	keys   map[place]Key
	logins map[int64]chan struct{} // by bot; held while it logs in
	rests  map[place]time.Time     // no key is made there before
	stats  KeyStats
}

// KeyStats is what became of keys since the store was opened.
type KeyStats struct {
	Made       int64 // by an exchange
	Dead       int64 // Telegram does not know them any more
	Duplicated int64 // of the dead those that were used from two places
}

type place struct {
	bot int64
	dc  int32
}

// errStore is a key store that cannot be written: what needs a new key waits.
var errStore = errors.New("keys cannot be kept")

const keysMagic = "tpkeys1\n"

// OpenKeys reads the store at path, or begins one when there is no such file.
// secret is the 32 bytes of at-rest/1. A file that cannot be read whole, that is
// another node's or under another secret, is an error that names it; nothing is
// ever begun anew in its place.
func OpenKeys(path string, secret []byte, node string) (*KeyStore, error) {
	if len(secret) != 32 {
		return nil, fmt.Errorf("open key store %s: secret of %d bytes, want 32", path, len(secret))
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("open key store %s: %w", path, err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("open key store %s: %w", path, err)
	}
	s := &KeyStore{path: path, node: node, aead: aead, turn: make(chan struct{}, 1), logins: map[int64]chan struct{}{}, rests: map[place]time.Time{}}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.keys = map[place]Key{}
		return s, nil
	case err != nil:
		return nil, fmt.Errorf("open key store: %w", err)
	}
	if s.keys, err = s.unseal(b); err != nil {
		e := teleplay.Fail(teleplay.ErrInvalid, "keys_unreadable",
			fmt.Sprintf("key store %s: %v", path, err))
		e.Hint = "restore the file, or the secret and node name it was written with; remove it only if a new login of every bot is wanted"
		return nil, e
	}
	return s, nil
}

// Key is the key of bot in data centre dc.
func (s *KeyStore) Key(bot int64, dc int) (Key, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.keys[place{bot, int32(dc)}]
	return k, ok
}

// Home is the data centre that bot lives in; 0 = not known.
func (s *KeyStore) Home(bot int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, k := range s.keys {
		if p.bot == bot && k.Home {
			return int(p.dc)
		}
	}
	return 0
}

// Put stores k and is on the disk when it returns. A home key ends the home of
// any other data centre of that bot.
func (s *KeyStore) Put(bot int64, dc int, k Key) error {
	return s.change(func(keys map[place]Key) bool {
		if k.Home {
			homeless(keys, bot)
		}
		keys[place{bot, int32(dc)}] = k
		return true
	})
}

// keep is Put of a key that was just made.
func (s *KeyStore) keep(bot int64, dc int, k Key) error {
	s.mu.Lock()
	s.stats.Made++
	s.rests[place{bot, int32(dc)}] = time.Now().Add(keyAgain)
	s.mu.Unlock()
	return s.Put(bot, dc, k)
}

// fresh is how long no other key of bot is to be made in data centre dc.
func (s *KeyStore) fresh(bot int64, dc int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(0, time.Until(s.rests[place{bot, int32(dc)}]))
}

// Stats takes all figures at one moment.
func (s *KeyStore) Stats() KeyStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// homeless ends the home of a bot.
func homeless(keys map[place]Key, bot int64) {
	for p, k := range keys {
		if p.bot == bot && k.Home {
			k.Home = false
			keys[p] = k
		}
	}
}

// Edit changes the key of bot in data centre dc if that is still the one with this
// value; one that is gone, or another, stays as it is.
func (s *KeyStore) Edit(bot int64, dc int, value [256]byte, edit func(*Key)) error {
	at := place{bot, int32(dc)}
	return s.change(func(keys map[place]Key) bool {
		k, ok := keys[at]
		if !ok || k.Value != value {
			return false
		}
		before := k
		edit(&k)
		if k.Home && !before.Home {
			homeless(keys, bot)
		}
		keys[at] = k
		return k != before
	})
}

// Delete forgets the key of bot in data centre dc, for it is dead, if it is still
// the one with this value: another who met the same death may have made a new one.
func (s *KeyStore) Delete(bot int64, dc int, value [256]byte) error {
	at := place{bot, int32(dc)}
	return s.change(func(keys map[place]Key) bool {
		k, ok := keys[at]
		if !ok || k.Value != value {
			return false
		}
		delete(keys, at)
		return true
	})
}

// bury is Delete of a key that died; for rest nobody makes another. dead says that it
// was still there: who finds it gone met a death that was counted.
func (s *KeyStore) bury(bot int64, dc int, value [256]byte, twice bool, rest time.Duration) (dead bool, err error) {
	at := place{bot, int32(dc)}
	err = s.change(func(keys map[place]Key) bool {
		if k, ok := keys[at]; !ok || k.Value != value {
			return false
		}
		delete(keys, at)
		if until := time.Now().Add(rest); until.After(s.rests[at]) {
			s.rests[at] = until
		}
		dead = true
		return true
	})
	if !dead || err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Dead++
	if twice {
		s.stats.Duplicated++
	}
	return true, nil
}

// floodDC is no data centre: the record there holds until when bot must not log in,
// which outlives every key.
const floodDC = 0

// Flood is until when bot must not log in; zero = it may.
func (s *KeyStore) Flood(bot int64) time.Time {
	k, _ := s.Key(bot, floodDC)
	return k.Flood
}

// SetFlood notes until when bot must not log in; zero = it may.
func (s *KeyStore) SetFlood(bot int64, until time.Time) error {
	at := place{bot, floodDC}
	return s.change(func(keys map[place]Key) bool {
		if keys[at].Flood.Equal(until) {
			return false
		}
		if until.IsZero() {
			delete(keys, at)
		} else {
			keys[at] = Key{Flood: until}
		}
		return true
	})
}

// making waits for the right to make a key; release ends it.
func (s *KeyStore) making(ctx context.Context) (release func(), err error) { return hold(ctx, s.turn) }

// login waits for the right to log bot in: MainBot and Pool may both want to.
func (s *KeyStore) login(ctx context.Context, bot int64) (release func(), err error) {
	s.mu.Lock()
	turn, ok := s.logins[bot]
	if !ok {
		turn = make(chan struct{}, 1)
		s.logins[bot] = turn
	}
	s.mu.Unlock()
	return hold(ctx, turn)
}

func hold(ctx context.Context, turn chan struct{}) (release func(), err error) {
	select {
	case turn <- struct{}{}:
		return sync.OnceFunc(func() { <-turn }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// change writes what edit made of the keys, unless it says that it made nothing.
func (s *KeyStore) change(edit func(map[place]Key) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := maps.Clone(s.keys)
	if !edit(keys) {
		return nil
	}
	b, err := s.seal(keys)
	if err != nil {
		return fmt.Errorf("seal key store %s: %w", s.path, err)
	}
	if err := replaceFile(s.path, b); err != nil {
		return fmt.Errorf("write key store %s: %w: %w", s.path, errStore, err)
	}
	s.keys = keys
	return nil
}

func (s *KeyStore) seal(keys map[place]Key) ([]byte, error) {
	b := []byte(keysMagic)
	places := slices.SortedFunc(maps.Keys(keys), func(a, b place) int {
		if a.bot != b.bot {
			return int(a.bot - b.bot)
		}
		return int(a.dc - b.dc)
	})
	for _, p := range places {
		at := len(b)
		b = binary.BigEndian.AppendUint64(b, uint64(p.bot))
		b = binary.BigEndian.AppendUint32(b, uint32(p.dc))
		data := s.data(b[at:])
		nonce := make([]byte, s.aead.NonceSize())
		if _, err := rand.Read(nonce); err != nil {
			return nil, err
		}
		b = append(b, nonce...)
		b = s.aead.Seal(b, nonce, keys[p].append(nil), data)
	}
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	data := s.data(b)
	b = append(b, nonce...)
	return s.aead.Seal(b, nonce, nil, data), nil
}

// data is the associated data of a record or of the whole: the node, then b.
func (s *KeyStore) data(b []byte) []byte {
	d := binary.BigEndian.AppendUint32(nil, uint32(len(s.node)))
	return append(append(d, s.node...), b...)
}

func (s *KeyStore) unseal(b []byte) (map[place]Key, error) {
	nonce, tag := s.aead.NonceSize(), s.aead.Overhead()
	record := 12 + nonce + keyLen + tag
	rest := len(b) - len(keysMagic) - nonce - tag
	if rest < 0 || string(b[:len(keysMagic)]) != keysMagic {
		return nil, errors.New("not a key store, or cut short")
	}
	if rest%record != 0 {
		return nil, errors.New("cut short")
	}
	end := len(keysMagic) + rest
	if _, err := s.aead.Open(nil, b[end:end+nonce], b[end+nonce:], s.data(b[:end])); err != nil {
		return nil, errors.New("damaged, or of another node or secret")
	}
	keys := map[place]Key{}
	for r := b[len(keysMagic):end]; len(r) > 0; r = r[record:] {
		plain, err := s.aead.Open(nil, r[12:12+nonce], r[12+nonce:record], s.data(r[:12]))
		if err != nil {
			return nil, errors.New("damaged record")
		}
		k, err := readKey(plain)
		if err != nil {
			return nil, err
		}
		keys[place{int64(binary.BigEndian.Uint64(r)), int32(binary.BigEndian.Uint32(r[8:]))}] = k
	}
	return keys, nil
}

// replaceFile puts b at path so that a crash leaves the old bytes or the new.
func replaceFile(path string, b []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*") // created 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

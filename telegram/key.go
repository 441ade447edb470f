package telegram

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"time"

	"github.com/gotd/td/crypto"
)

// Key is an auth key of one bot in one data centre, and what goes with it. It
// never prints.
type Key struct {
	Value [256]byte
	Salt  int64
	Home  bool      // the bot lives in this data centre
	Flood time.Time // no login before; zero = none
}

func (Key) String() string       { return hidden }
func (Key) GoString() string     { return hidden }
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

func (k Key) auth() crypto.AuthKey { return crypto.Key(k.Value).WithID() }

// keyLen is the length of a key in the clear: value, salt, flood, home.
const keyLen = 256 + 8 + 8 + 1

func (k Key) append(b []byte) []byte {
	b = append(b, k.Value[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(k.Salt))
	flood := int64(0)
	if !k.Flood.IsZero() {
		flood = k.Flood.Unix()
	}
	b = binary.BigEndian.AppendUint64(b, uint64(flood))
	if k.Home {
		return append(b, 1)
	}
	return append(b, 0)
}

func readKey(b []byte) (Key, error) {
	if len(b) != keyLen {
		return Key{}, fmt.Errorf("key of %d bytes", len(b))
	}
	var k Key
	copy(k.Value[:], b)
	k.Salt = int64(binary.BigEndian.Uint64(b[256:]))
	if flood := int64(binary.BigEndian.Uint64(b[264:])); flood != 0 {
		k.Flood = time.Unix(flood, 0)
	}
	k.Home = b[272] == 1
	return k, nil
}

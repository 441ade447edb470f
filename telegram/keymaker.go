package telegram

import (
	"fmt"
	"sync"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mtproto"
)

// keyMaker is the cipher of a connection that begins without a key. gotd makes
// the key on the way in and tells nobody; the first frame to be encrypted shows
// it, and it is on the disk before that frame goes out.
type keyMaker struct {
	mtproto.Cipher
	store func(Key) error

	once sync.Once
	err  error
}

// failed is why the key could not be kept, once the connection is over: what it
// ended with may be an error that only followed.
func (m *keyMaker) failed() error {
	m.once.Do(func() {})
	return m.err
}

func (m *keyMaker) Encrypt(key crypto.AuthKey, data crypto.EncryptedMessageData, b *bin.Buffer) error {
	m.once.Do(func() { m.err = m.store(Key{Value: key.Value, Salt: data.Salt}) })
	if m.err != nil {
		return fmt.Errorf("keep the new key: %w", m.err)
	}
	return m.Cipher.Encrypt(key, data, b)
}

package telegram

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"

	"github.com/teleplay/teleplay/telegram/ige"
)

const (
	frameHead  = 8 + 16 // bytes of key id and msg_key, before the encrypted part
	padLeast   = 12     // bytes of padding behind a message
	padMost    = 1024
	blockBytes = 16 // of AES; encrypted parts are whole blocks
)

// errForged is a frame that our key did not make, or that was changed on its way.
var errForged = errors.New("frame is not authentic")

// frameCipher is a connection's mtproto.Cipher for the client's side. It works in
// place: gotd reads each frame into memory of its own and never looks at it
// encrypted again.
type frameCipher struct {
	rand io.Reader // for padding
}

// DecryptFromBuffer turns the frame in b into its message, which lies in b's memory.
// After an error what lies there is worth nothing. Nothing that the frame says of
// itself is believed before its msg_key has proved that it is the server's.
func (c frameCipher) DecryptFromBuffer(key crypto.AuthKey, b *bin.Buffer) (*crypto.EncryptedMessageData, error) {
	if len(b.Buf) < frameHead || subtle.ConstantTimeCompare(b.Buf[:8], key.ID[:]) == 0 {
		return nil, fmt.Errorf("key id: %w", errForged)
	}
	msgKey, body := bin.Int128(b.Buf[8:frameHead]), b.Buf[frameHead:]
	if len(body)%blockBytes != 0 {
		return nil, fmt.Errorf("%d encrypted bytes: %w", len(body), errForged)
	}
	aesKey, iv := crypto.Keys(key.Value, msgKey, crypto.Server)
	ige.Decrypt((*[32]byte)(&aesKey), (*[32]byte)(&iv), body, body)
	made := crypto.MessageKey(key.Value, body, crypto.Server)
	if subtle.ConstantTimeCompare(msgKey[:], made[:]) == 0 {
		return nil, fmt.Errorf("msg_key: %w", errForged)
	}
	b.Skip(frameHead)
	m := new(crypto.EncryptedMessageData)
	if err := m.DecodeWithoutCopy(b); err != nil {
		return nil, fmt.Errorf("head of a frame: %w", err)
	}
	n := int(m.MessageDataLen)
	if pad := len(m.MessageDataWithPadding) - n; n < 0 || n%4 != 0 || pad < padLeast || pad > padMost {
		return nil, fmt.Errorf("frame with a message of %d bytes and %d of padding", n, pad)
	}
	return m, nil
}

// Encrypt makes b the frame with data's message. The padding is of a random length,
// or a frame's size would tell which call it is.
func (c frameCipher) Encrypt(key crypto.AuthKey, data crypto.EncryptedMessageData, b *bin.Buffer) error {
	b.ResetN(frameHead)
	if err := data.EncodeWithoutCopy(b); err != nil {
		return err
	}
	n := b.Len()
	var random [1]byte
	if _, err := io.ReadFull(c.rand, random[:]); err != nil {
		return fmt.Errorf("pad a frame: %w", err)
	}
	fill := (blockBytes - (n-frameHead+padLeast)%blockBytes) % blockBytes
	b.Expand(padLeast + fill + int(random[0]%16)*blockBytes)
	if _, err := io.ReadFull(c.rand, b.Buf[n:]); err != nil {
		return fmt.Errorf("pad a frame: %w", err)
	}
	body := b.Buf[frameHead:]
	msgKey := crypto.MessageKey(key.Value, body, crypto.Client)
	aesKey, iv := crypto.Keys(key.Value, msgKey, crypto.Client)
	ige.Encrypt((*[32]byte)(&aesKey), (*[32]byte)(&iv), body, body)
	copy(b.Buf, key.ID[:])
	copy(b.Buf[8:], msgKey[:])
	return nil
}

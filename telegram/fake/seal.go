package fake

import (
	"crypto/aes"
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/gotd/ige"
	"github.com/gotd/td/crypto"
)

// plainHead is the length of what stands before an encrypted message's body:
// salt, session, msg_id, seqno, length.
const plainHead = 8 + 8 + 8 + 4 + 4

// envelope is the head of one encrypted message.
type envelope struct {
	salt, session, msgID int64
	seqNo                int32
}

// seal encrypts a message for key's client into a frame. plain has plainHead
// bytes for the head, then the body; it is kept as it is, its padding goes behind
// it into the spare capacity (so two goroutines may not seal the same message).
func (p *frames) seal(random io.Reader, key *crypto.AuthKey, e envelope, plain []byte) (*frame, error) {
	binary.LittleEndian.PutUint64(plain, uint64(e.salt))
	binary.LittleEndian.PutUint64(plain[8:], uint64(e.session))
	binary.LittleEndian.PutUint64(plain[16:], uint64(e.msgID))
	binary.LittleEndian.PutUint32(plain[24:], uint32(e.seqNo))
	binary.LittleEndian.PutUint32(plain[28:], uint32(len(plain)-plainHead))

	n := len(plain)
	pad := 12 + (16-(n+12)%16)%16 // 12–27: the least that MTProto 2.0 allows
	plain = slices.Grow(plain, pad)[:n+pad]
	if _, err := io.ReadFull(random, plain[n:]); err != nil {
		return nil, err
	}
	msgKey := crypto.MessageKey(key.Value, plain, crypto.Server)
	aesKey, iv := crypto.Keys(key.Value, msgKey, crypto.Server)
	block, err := aes.NewCipher(aesKey[:])
	if err != nil {
		return nil, err
	}
	f := p.make(24 + len(plain))
	b := f.buf[headRoom:]
	copy(b, key.ID[:])
	copy(b[8:], msgKey[:])
	ige.EncryptBlocks(block, iv[:], b[24:], plain)
	return f, nil
}

// frame is a payload on its way out: headRoom bytes, payload, and tailRoom bytes
// of capacity.
type frame struct {
	buf   []byte
	since time.Time     // it was there to be sent
	last  string        // the connection is closed behind it, by this; "" = it goes on
	of    *sessionEntry // whose message it is; nil = no session's
}

// frames keeps the memory of frames that were sent.
type frames struct{ pool sync.Pool }

// make has n bytes of payload, not cleared.
func (p *frames) make(n int) *frame {
	f, ok := p.pool.Get().(*frame)
	if !ok {
		f = new(frame)
	}
	f.since, f.last, f.of = time.Time{}, "", nil
	if cap(f.buf) < headRoom+n+tailRoom {
		f.buf = make([]byte, headRoom+n, headRoom+n+tailRoom)
	}
	f.buf = f.buf[:headRoom+n]
	return f
}

// free gives a frame's memory back; nobody may hold it any more.
func (p *frames) free(f *frame) { p.pool.Put(f) }

package fake

import (
	"context"
	"crypto/aes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/gotd/ige"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/transport"
)

// sendPadded sends a message with so many bytes of padding, which gotd would not do.
func (c *client) sendPadded(m bin.Encoder, pad int) {
	c.t.Helper()
	body := encoded(m)
	b := bin.Buffer{}
	b.PutLong(c.salt)
	b.PutLong(c.session)
	b.PutLong(c.id())
	b.PutInt32(c.next(true))
	b.PutInt(len(body))
	b.Put(body)
	b.Put(make([]byte, pad))
	msgKey := crypto.MessageKey(c.key.Value, b.Buf, crypto.Client)
	key, iv := crypto.Keys(c.key.Value, msgKey, crypto.Client)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		c.t.Fatal(err)
	}
	out := bin.Buffer{}
	out.Put(c.key.ID[:])
	out.Put(msgKey[:])
	sealed := make([]byte, len(b.Buf))
	ige.EncryptBlocks(block, iv[:], sealed, b.Buf)
	out.Put(sealed)
	if err := c.c.Send(context.Background(), &out); err != nil {
		c.t.Fatal(err)
	}
}

func TestPadding(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	ping := &mt.PingRequest{PingID: 1} // 12 bytes, so 4 of padding make a block
	for pad, good := range map[int]bool{4: false, 20: true, 1012: true, 1028: false} {
		c := w.client(0)
		c.sendPadded(ping, pad)
		if good {
			c.expect(&mt.NewSessionCreated{})
			c.expect(&mt.Pong{})
		} else if _, _, err := c.recv(); protocolCode(err) != 404 {
			t.Errorf("%d bytes of padding: %v, want −404", pad, err)
		}
	}
}

// surplus writes frames that are 12 bytes too long.
type surplus struct{ gotdcodec.Intermediate }

func (surplus) Write(w io.Writer, b *bin.Buffer) error {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(b.Buf)+12))
	out = append(out, b.Buf...)
	_, err := w.Write(append(out, "twelve bytes"...))
	return err
}

// TestSurplusOfFrame: only the padded transport pads.
func TestSurplusOfFrame(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	c.c = w.framed(2, surplus{})
	c.send(layered(228, nearest))
	if _, _, err := c.recv(); protocolCode(err) != 404 {
		t.Errorf("encrypted: %v, want −404", err)
	}
	conn := w.framed(2, surplus{})
	var b bin.Buffer
	_ = b.Encode(proto.UnencryptedMessage{MessageID: 1, MessageData: encoded(reqPQ(bin.Int128{}))})
	if err := conn.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if err := conn.Recv(t.Context(), &b); err == nil {
		t.Error("unencrypted: it was answered")
	}

	// And it pads by 15 bytes at most.
	conn = w.framed(2, twicePadded{})
	c = w.client(0)
	c.c = conn
	c.send(layered(228, nearest))
	if _, _, err := c.recv(); protocolCode(err) != 404 {
		t.Errorf("padded by 30: %v, want −404", err)
	}
}

type twicePadded struct{ gotdcodec.PaddedIntermediate }

func (twicePadded) Write(w io.Writer, b *bin.Buffer) error {
	out := bin.Buffer{Buf: append([]byte{}, b.Buf...)}
	out.Put(make([]byte, 15))
	return overPadded{}.Write(w, &out)
}

var _ transport.Codec = twicePadded{}

package fake

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"io"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mtproxy"
	"github.com/gotd/td/mtproxy/obfuscated2"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/transport"
)

// overPadded pads by 15 bytes, as TDLib and Kurigram may; gotd never does.
type overPadded struct{ gotdcodec.PaddedIntermediate }

func (overPadded) Write(w io.Writer, b *bin.Buffer) error {
	n := len(b.Buf) + 15
	out := binary.LittleEndian.AppendUint32(nil, uint32(n))
	out = append(out, b.Buf...)
	_, err := w.Write(append(out, "fifteen bytes.."...))
	return err
}

func TestCodecs(t *testing.T) {
	methods := tiny()
	methods[tg.UploadSaveFilePartRequestTypeID] = open(func(_ *call, r *tg.UploadSaveFilePartRequest) (bin.Encoder, error) {
		return &tg.NearestDC{ThisDC: len(r.Bytes)}, nil
	})
	w := startWire(t, Options{}, methods)
	for _, test := range []struct {
		name       string
		codec      func() transport.Codec
		obfuscated bool
	}{
		{"abridged", transport.Abridged.Codec, false},
		{"intermediate", transport.Intermediate.Codec, false},
		{"padded", transport.PaddedIntermediate.Codec, false},
		{"padded by 15", func() transport.Codec { return overPadded{} }, false},
		{"full", transport.Full.Codec, false},
		{"obfuscated abridged", transport.Abridged.Codec, true},
		{"obfuscated intermediate", transport.Intermediate.Codec, true},
		{"obfuscated padded by 15", func() transport.Codec { return overPadded{} }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &wire{w.Server, t}
			conn := &framed{codec: test.codec()}
			if raw := w.dial(4); test.obfuscated {
				o := obfuscated2.NewObfuscated2(rand.Reader, raw)
				tag := conn.codec.(gotdcodec.TaggedCodec).ObfuscatedTag()
				if err := o.Handshake(tag, 4, mtproxy.Secret{}); err != nil {
					t.Fatal(err)
				}
				conn.rw = struct {
					io.ReadWriter
					io.Closer
				}{o, raw}
			} else {
				conn.rw = raw
				if err := conn.codec.WriteHeader(raw); err != nil {
					t.Fatal(err)
				}
			}
			key, salt := w.exchange(conn, 4)
			c := newClient(t, conn, key, salt)
			c.nearestDC(c.send(layered(228, nearest)))
			// Small and large frames have other heads in abridged.
			c.nearestDC(c.send(&tg.UploadSaveFilePartRequest{Bytes: make([]byte, 40_000)}))
		})
	}
}

func TestForeignBytes(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	for _, bytes := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n" + string(make([]byte, 64)),
		"\xee\xee\xee\xee\x00\x00\x00\x00",
		"\xee\xee\xee\xee\xff\xff\xff\x7f",
		"\xef\x01aaaa\x01bbbb",
		"\x10\x00\x00\x00\x00\x00\x00\x00aaaabbbb",
	} {
		c := w.dial(2)
		if _, err := io.WriteString(c, bytes); err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(c); len(b) > 0 {
			t.Errorf("%q: got %q, %v, want a closed connection", bytes, b, err)
		}
	}
}

func TestSilentClient(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	for range 20 {
		w.dial(2)
	}
	c := w.client(0)
	c.nearestDC(c.send(layered(228, nearest)))
}

func TestUnknownKey(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	var value crypto.Key
	_, _ = rand.Read(value[:])
	conn := w.framed(2, gotdcodec.Intermediate{})
	c := newClient(t, conn, value.WithID(), 1)
	c.send(nearest)
	if _, _, err := c.recv(); protocolCode(err) != 404 {
		t.Fatalf("got %v, want -404", err)
	}
	// A key of DC 2 is unknown in DC 4, and the connection still makes keys.
	k, _ := w.ring.made(2, 0)
	conn = w.framed(4, gotdcodec.Intermediate{})
	c = newClient(t, conn, k.key, 0)
	c.send(nearest)
	if _, _, err := c.recv(); protocolCode(err) != 404 {
		t.Fatalf("got %v, want -404", err)
	}
	w.exchange(conn, 4)
}

// TestLoneReqPQ does what TDLib does on every new connection: it asks for pq with
// msg_id 1, and then uses the key that it has.
func TestLoneReqPQ(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	var b bin.Buffer
	var nonce bin.Int128
	_ = b.Encode(proto.UnencryptedMessage{MessageID: 1, MessageData: encoded(reqPQ(nonce))})
	if err := c.c.Send(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := c.c.Recv(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	c.nearestDC(c.send(layered(228, nearest)))
}

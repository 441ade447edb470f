package telegram

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"sync"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto/codec"
	"github.com/gotd/td/transport"
)

// frameMost is the longest frame in bytes that gotd and Telegram's own library take.
const frameMost = 1 << 24

// frames is memory for frames that come in. gotd copies an answer out of its frame
// for whoever decodes it; a filePart gives that copy here when the bytes have gone
// on, and the next frame of its size is read into it. Frames themselves do not come
// back: gotd does not say when it is done with one. Its zero value is ready, and
// safe for use by any goroutine.
type frames struct {
	sizes [bits.UintSize + 1]sync.Pool // *[]byte by the bits of its capacity
}

// take is n bytes, not cleared.
func (f *frames) take(n int) []byte {
	if p, ok := f.sizes[bits.Len(uint(n))].Get().(*[]byte); ok && cap(*p) >= n {
		return (*p)[:n]
	}
	return make([]byte, n)
}

// give takes memory that nobody else holds.
func (f *frames) give(b []byte) {
	f.sizes[bits.Len(uint(cap(b)))].Put(&b)
}

// protocol is MTProto's intermediate transport over this memory.
func (f *frames) protocol() transport.Protocol {
	return transport.NewProtocol(func() transport.Codec { return frameCodec{frames: f} })
}

type frameCodec struct {
	codec.Intermediate
	frames *frames
}

// Read reads one frame; four bytes alone are the server's error code.
func (c frameCodec) Read(r io.Reader, b *bin.Buffer) error {
	b.ResetN(bin.Word)
	if _, err := io.ReadFull(r, b.Buf); err != nil {
		return fmt.Errorf("read a frame's length: %w", err)
	}
	n := int(binary.LittleEndian.Uint32(b.Buf))
	if n <= 0 || n > frameMost {
		return fmt.Errorf("frame of %d bytes", n)
	}
	b.Buf = c.frames.take(n)
	if _, err := io.ReadFull(r, b.Buf); err != nil {
		return fmt.Errorf("read a frame: %w", err)
	}
	if n == bin.Word {
		code, err := b.Int32()
		if err != nil {
			return err
		}
		return &codec.ProtocolErr{Code: -code}
	}
	return nil
}

package fake

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// headRoom and tailRoom are the bytes that a codec may put before and behind a
// payload, so that a frame is built in place and written in one piece.
const (
	headRoom = 8 // full: length, number
	tailRoom = 4 // full: CRC; padded: 0–3 random bytes
	maxFrame = 16 << 20
)

// codec is one of the transports of core.telegram.org/mtproto/mtproto-transports.
// read is used by the connection's reader, seal by its writer, each alone.
type codec interface {
	// read returns the next payload in a fresh buffer, without the transport's
	// padding. The wish for a quick ack is not granted, which clients allow.
	read(r *bufio.Reader) ([]byte, error)
	// seal takes headRoom bytes followed by the payload, with tailRoom bytes of
	// capacity behind it, and returns the frame, which shares the memory.
	seal(buf []byte) []byte
}

var errFrame = errors.New("malformed frame")

// detect tells the transport by its first bytes: 0xef, 0xeeeeeeee and 0xdddddddd
// are tags; a full frame's number is 0 in bytes 4–7; everything else is the 64
// byte header of an obfuscated connection, which then returns its streams.
func detect(r *bufio.Reader) (codec, *obfuscation, error) {
	first, err := r.Peek(1)
	if err != nil {
		return nil, nil, err
	}
	if first[0] == 0xef {
		_, _ = r.Discard(1)
		return abridged{}, nil, nil
	}
	head, err := r.Peek(8)
	if err != nil {
		// A tag alone may come first, its frame later.
		return nil, nil, err
	}
	if c := tagged([4]byte(head[:4])); c != nil {
		_, _ = r.Discard(4)
		return c, nil, nil
	}
	if binary.LittleEndian.Uint32(head[4:]) == 0 {
		return &full{}, nil, nil
	}
	return deobfuscate(r)
}

// tagged is the codec of a tag of four equal bytes; nil = no tag.
func tagged(tag [4]byte) codec {
	switch binary.LittleEndian.Uint32(tag[:]) {
	case 0xefefefef:
		return abridged{}
	case 0xeeeeeeee:
		return intermediate{}
	case 0xdddddddd:
		return intermediate{padded: true}
	}
	return nil
}

func readN(r *bufio.Reader, n int) ([]byte, error) {
	if n <= 0 || n > maxFrame {
		return nil, fmt.Errorf("%w: length %d", errFrame, n)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

// abridged counts words: one byte below 127, else 0x7f and three bytes.
type abridged struct{}

func (abridged) read(r *bufio.Reader) ([]byte, error) {
	first, err := r.ReadByte()
	if err != nil {
		return nil, err
	}
	words := int(first & 0x7f)
	if words == 0x7f {
		var b [4]byte
		if _, err := io.ReadFull(r, b[:3]); err != nil {
			return nil, err
		}
		words = int(binary.LittleEndian.Uint32(b[:]))
	}
	return readN(r, words*4)
}

func (abridged) seal(buf []byte) []byte {
	words := (len(buf) - headRoom) / 4
	if words < 0x7f {
		buf[headRoom-1] = byte(words)
		return buf[headRoom-1:]
	}
	binary.LittleEndian.PutUint32(buf[headRoom-4:], uint32(words)<<8|0x7f)
	return buf[headRoom-4:]
}

// intermediate counts bytes in a word whose highest bit asks for a quick ack.
type intermediate struct{ padded bool }

func (c intermediate) read(r *bufio.Reader) ([]byte, error) {
	var b [4]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	payload, err := readN(r, int(binary.LittleEndian.Uint32(b[:])&^(1<<31)))
	if c.padded {
		payload = unpadded(payload)
	}
	return payload, err
}

// unpadded cuts off the 0–15 bytes by which a padded frame may be too long: an
// unencrypted message says its length, an encrypted one has whole AES blocks.
func unpadded(payload []byte) []byte {
	if len(payload) < 24 {
		return payload
	}
	n := 24 + (len(payload)-24)/16*16
	if binary.LittleEndian.Uint64(payload) == 0 {
		n = 20 + int(binary.LittleEndian.Uint32(payload[16:]))
	}
	if pad := len(payload) - n; pad < 0 || pad > 15 {
		return payload
	}
	return payload[:n]
}

// seal pads by 0–3 bytes only, of the 15 that are allowed: gotd's client cuts off
// no more than that. The payload's own last bytes are random enough for it.
func (c intermediate) seal(buf []byte) []byte {
	if payload := buf[headRoom:]; c.padded && len(payload) > 4 {
		last := payload[len(payload)-4:]
		buf = append(buf, last[:last[3]&3]...)
	}
	binary.LittleEndian.PutUint32(buf[headRoom-4:], uint32(len(buf)-headRoom))
	return buf[headRoom-4:]
}

// full frames have length, number from 0 on, payload and CRC-32 of all that.
type full struct{ in, out uint32 }

func (f *full) read(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(4)
	if err != nil {
		return nil, err
	}
	b, err := readN(r, int(binary.LittleEndian.Uint32(head)))
	if err != nil {
		return nil, err
	}
	if len(b) <= 12 {
		return nil, fmt.Errorf("%w: length %d", errFrame, len(b))
	}
	body := len(b) - 4
	if n := binary.LittleEndian.Uint32(b[4:]); n != f.in {
		return nil, fmt.Errorf("%w: number %d, want %d", errFrame, n, f.in)
	}
	if crc32.ChecksumIEEE(b[:body]) != binary.LittleEndian.Uint32(b[body:]) {
		return nil, fmt.Errorf("%w: CRC", errFrame)
	}
	f.in++
	return b[8:body], nil
}

func (f *full) seal(buf []byte) []byte {
	binary.LittleEndian.PutUint32(buf, uint32(len(buf)+4))
	binary.LittleEndian.PutUint32(buf[4:], f.out)
	f.out++
	return binary.LittleEndian.AppendUint32(buf, crc32.ChecksumIEEE(buf))
}

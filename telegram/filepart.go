package telegram

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// errGarbled is an answer that is no upload.File.
var errGarbled = errors.New("garbled answer")

// filePart takes the answer to one upload.getFile. It gives the bytes on where they
// lie in the answer, and only if the whole answer is as it should be.
type filePart struct {
	length int            // of the bytes; any other is errLength
	put    func(b []byte) // b is lent until it returns
	memory *frames        // gets the answer's memory when it is used up
}

// Decode reads upload.file{type, mtime, bytes}, to the end of b, whose memory must be
// the caller's alone to give away. It may run long after nobody waits for the part
// any more.
func (p *filePart) Decode(b *bin.Buffer) error {
	whole := b.Buf
	switch id, err := b.PeekID(); {
	case err != nil:
		return fmt.Errorf("%w: %d bytes", errGarbled, b.Len())
	case id == tg.UploadFileCDNRedirectTypeID:
		return errCDN
	case id != tg.UploadFileTypeID:
		return fmt.Errorf("%w: %#x", errGarbled, id)
	}
	b.Skip(bin.Word)
	if _, err := tg.DecodeStorageFileType(b); err != nil {
		return fmt.Errorf("%w: type: %w", errGarbled, err)
	}
	if _, err := b.Int(); err != nil {
		return fmt.Errorf("%w: mtime: %w", errGarbled, err)
	}
	got, err := lastBytes(b.Buf)
	if err != nil {
		return err
	}
	if len(got) != p.length {
		return fmt.Errorf("%w: %d bytes, want %d", errLength, len(got), p.length)
	}
	p.put(got)
	p.memory.give(whole)
	return nil
}

// lastBytes is TL's bytes, with nothing behind them: a length of one byte below 254,
// else 254 and three bytes; then up to a multiple of four what nobody reads.
func lastBytes(b []byte) ([]byte, error) {
	head, n := 1, 0
	switch {
	case len(b) < bin.Word:
		return nil, fmt.Errorf("%w: %d bytes for a length", errGarbled, len(b))
	case b[0] < 254:
		n = int(b[0])
	case b[0] == 254:
		head, n = bin.Word, int(binary.LittleEndian.Uint32(b)>>8)
	default:
		return nil, fmt.Errorf("%w: length of kind %d", errGarbled, b[0])
	}
	end := head + n
	if padded := (end + bin.Word - 1) / bin.Word * bin.Word; len(b) != padded {
		return nil, fmt.Errorf("%w: %d bytes in %d", errGarbled, n, len(b))
	}
	return b[head:end], nil
}

package fake

import (
	"encoding/binary"
	"errors"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto"
)

// message is one message of a client, out of its container.
type message struct {
	id   int64
	body []byte
}

var errContainer = errors.New("malformed container")

// unpack opens a container; anything else is a list of itself. Bodies share the
// memory of m's. Containers do not nest.
func unpack(m message) ([]message, error) {
	if len(m.body) < 4 {
		return nil, errContainer
	}
	if binary.LittleEndian.Uint32(m.body) != proto.MessageContainerTypeID {
		return []message{m}, nil
	}
	b := bin.Buffer{Buf: m.body[4:]}
	n, err := b.Int()
	if err != nil || n < 1 || n > 1024 {
		return nil, errContainer
	}
	list := make([]message, 0, n)
	for range n {
		if b.Len() < 16 {
			return nil, errContainer
		}
		id := int64(binary.LittleEndian.Uint64(b.Buf))
		size := binary.LittleEndian.Uint32(b.Buf[12:])
		b.Skip(16)
		if size < 4 || size%4 != 0 || int64(size) > int64(b.Len()) || id&3 != 0 {
			return nil, errContainer
		}
		list = append(list, message{id, b.Buf[:size:size]})
		b.Skip(int(size))
	}
	return list, nil
}

// unzip replaces a gzip_packed body by what is in it.
func unzip(body []byte) ([]byte, error) {
	for len(body) >= 4 && binary.LittleEndian.Uint32(body) == proto.GZIPTypeID {
		var z proto.GZIP
		if err := z.Decode(&bin.Buffer{Buf: body}); err != nil {
			return nil, err
		}
		body = z.Data
	}
	return body, nil
}

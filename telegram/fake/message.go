package fake

import (
	"encoding/binary"
	"errors"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
)

// message is one message of a client, out of its container.
type message struct {
	id   int64
	seq  int32
	body []byte
}

// containerMax is how many messages one container may hold
// (core.telegram.org/mtproto/service_messages#simple-container).
const containerMax = 1020

var errPacked = errors.New("malformed gzip_packed")

// isContainer says whether a message only carries others.
func (m message) isContainer() bool {
	return len(m.body) >= 4 && binary.LittleEndian.Uint32(m.body) == proto.MessageContainerTypeID
}

// unpack opens a container; anything else is a list of itself. Bodies share the
// memory of m's. false: the container breaks the protocol's rules: it is empty or
// too long, cut short, holds a container, or a message with an id not below its own.
func unpack(m message) (list []message, ok bool) {
	if !m.isContainer() {
		return []message{m}, len(m.body) >= 4
	}
	b := bin.Buffer{Buf: m.body[4:]}
	n, err := b.Int()
	if err != nil || n < 1 || n > containerMax {
		return nil, false
	}
	list = make([]message, 0, min(n, b.Len()/20))
	for range n {
		if b.Len() < 16 {
			return nil, false
		}
		inner := message{id: int64(binary.LittleEndian.Uint64(b.Buf)), seq: int32(binary.LittleEndian.Uint32(b.Buf[8:]))}
		size := binary.LittleEndian.Uint32(b.Buf[12:])
		b.Skip(16)
		if size < 4 || size%4 != 0 || int64(size) > int64(b.Len()) || inner.id >= m.id {
			return nil, false
		}
		inner.body = b.Buf[:size:size]
		if inner.isContainer() {
			return nil, false
		}
		list = append(list, inner)
		b.Skip(int(size))
	}
	return list, b.Len() == 0
}

// unzip replaces a gzip_packed body by what is in it. Packed once is enough for
// any client; a packet in a packet is for its receiver to refuse.
func unzip(body []byte) ([]byte, error) {
	if len(body) < 4 || binary.LittleEndian.Uint32(body) != proto.GZIPTypeID {
		return body, nil
	}
	var z proto.GZIP
	b := &bin.Buffer{Buf: body}
	if err := z.Decode(b); err != nil {
		return nil, err
	}
	if b.Len() != 0 || len(z.Data) < 4 {
		return nil, errPacked
	}
	return z.Data, nil
}

// parity judges a seqno by the kind of message that it numbers: the protocol
// wants it odd when the message needs an acknowledgment, else even. Clients number
// pings and the like in either way (gotd even, Telethon odd).
func parity(kind uint32, seq int32) int {
	odd := seq&1 != 0
	switch kind {
	case proto.MessageContainerTypeID, mt.MsgsAckTypeID, mt.HTTPWaitRequestTypeID:
		if odd {
			return badOdd
		}
	case mt.PingRequestTypeID, mt.PingDelayDisconnectRequestTypeID, mt.GetFutureSaltsRequestTypeID,
		mt.DestroySessionRequestTypeID, mt.RPCDropAnswerRequestTypeID, mt.MsgsStateReqTypeID, mt.MsgResendReqTypeID,
		mt.MsgsStateInfoTypeID, mt.MsgsAllInfoTypeID:
	default:
		if !odd {
			return badEven
		}
	}
	return 0
}

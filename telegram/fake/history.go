package fake

import (
	"cmp"
	"slices"
	"time"

	"github.com/gotd/td/proto"
)

// Codes of bad_msg_notification (core.telegram.org/mtproto/service_messages_about_messages).
const (
	badTooLow   = 16 // the client's clock is behind
	badTooHigh  = 17
	badBits     = 18
	badRepeated = 19 // a container with the msg_id of a message that came before
	badTooOld   = 20 // cannot say whether it was seen
	badSeqLow   = 32 // a message with a lower msg_id has a higher seqno
	badSeqHigh  = 33 // a message with a higher msg_id has a lower seqno
	badOdd      = 34 // even seqno expected
	badEven     = 35 // odd seqno expected
	badBody     = 64 // invalid container
	badSalt     = 48
)

// messageLife is how old a msg_id may be, messageLead how far ahead.
const (
	messageLife = 300 * time.Second
	messageLead = 30 * time.Second
)

// timely judges a msg_id by the clock.
func timely(id int64, now time.Time) int {
	t := proto.MessageID(id).Time()
	switch {
	case id&3 != 0:
		return badBits
	case now.Sub(t) > messageLife:
		return badTooLow
	case t.Sub(now) > messageLead:
		return badTooHigh
	}
	return 0
}

// keptMessages is of how many messages a session at least remembers id and seqno.
const keptMessages = 2048

// history is the newest messages that a session has taken, services and containers
// too, by msg_id. Messages overtake each other on their way (a client's writers
// race for the socket), so only what contradicts the protocol is refused: in the
// order of their ids, seqnos never fall, and odd ones grow.
type history struct {
	seen []sighting
	low  int64 // ids up to it may have been seen
}

type sighting struct {
	id  int64
	seq int32
}

func (h *history) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(h.seen, id, func(s sighting, id int64) int { return cmp.Compare(s.id, id) })
}

func (h *history) knows(id int64) bool {
	_, ok := h.find(id)
	return ok
}

// add takes a message that is not known, or says by what code it is refused. As
// the ones kept do not contradict each other, its neighbours speak for all.
func (h *history) add(id int64, seq int32) int {
	if id <= h.low {
		return badTooOld
	}
	i, _ := h.find(id)
	odd := seq&1 != 0
	if i > 0 && (h.seen[i-1].seq > seq || odd && h.seen[i-1].seq == seq) {
		return badSeqLow
	}
	if i < len(h.seen) && (h.seen[i].seq < seq || odd && h.seen[i].seq == seq) {
		return badSeqHigh
	}
	h.seen = slices.Insert(h.seen, i, sighting{id, seq})
	if len(h.seen) >= 2*keptMessages {
		h.low = h.seen[keptMessages-1].id
		h.seen = append(h.seen[:0], h.seen[keptMessages:]...)
	}
	return 0
}

// forget makes a message one that has not come.
func (h *history) forget(id int64) {
	if i, ok := h.find(id); ok {
		h.seen = slices.Delete(h.seen, i, i+1)
	}
}

// last is the highest id that was taken, or 0.
func (h *history) last() int64 {
	if len(h.seen) == 0 {
		return h.low
	}
	return h.seen[len(h.seen)-1].id
}

package fake

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
)

const (
	// keptQueries is of how many queries that ended a session still knows how.
	keptQueries = 2048
	// keptBytes of answers, and keptAnswers at most, are kept for a session until
	// they are acknowledged; a client that lost older ones has to ask anew.
	keptBytes   = 4 << 20
	keptAnswers = 512
	// connSessions is how many sessions a connection may carry.
	connSessions = 1000
)

var errSessions = errors.New("too many sessions on one connection")

// session is what a client names by its session id, under one key.
type session struct {
	id      int64
	key     *authKey
	server  *Server
	updates atomic.Bool // it has subscribed

	mu      sync.Mutex
	conn    *conn // where its last message came from; nil = gone
	left    time.Time
	greeted bool // new_session_created was sent
	content int32
	history history
	queries map[int64]*rpc // those that run, and the newest that ended
	ended   []*rpc
	kept    []*rpc // with an answer that may have to be sent again
	bytes   int    // of those
}

// receive takes one decrypted message. received is its length on the wire. The
// session is the key's own only from the moment that id and salt have passed. An
// error means that the connection is of no more use.
func (s *session) receive(ctx context.Context, c *conn, received int, m *crypto.EncryptedMessageData) error {
	now := s.server.opt.Now()
	outer := message{m.MessageID, m.SeqNo, m.Data()}
	if code := timely(outer.id, now); code != 0 && !s.knows(outer.id) {
		s.bad(c, outer, code)
		return nil
	}
	if !s.key.goodSalt(m.Salt, now) {
		s.notify(c, &mt.BadServerSalt{BadMsgID: m.MessageID, BadMsgSeqno: int(m.SeqNo), ErrorCode: badSalt, NewServerSalt: s.key.salt(now)})
		return nil
	}
	list, ok := unpack(outer)
	if !ok {
		s.bad(c, outer, badBody)
		return nil
	}
	s = s.key.adopt(s, now)
	if err := s.attach(c, received, list); err != nil {
		return err
	}
	if outer.isContainer() && !s.admit(c, outer, proto.MessageContainerTypeID, now) {
		return nil
	}
	for _, m := range list {
		c.hold()
		s.take(ctx, c, m, now)
	}
	return nil
}

// take handles one message, if the protocol allows it.
func (s *session) take(ctx context.Context, c *conn, m message, now time.Time) {
	var err error
	if m.body, err = unzip(m.body); err != nil || m.isContainer() { // containers are never packed
		s.bad(c, m, badBody)
		return
	}
	if s.admit(c, m, binary.LittleEndian.Uint32(m.body), now) {
		s.handle(ctx, c, m)
	}
}

// admit judges a message and remembers the one that passes. A message that came
// before is not handled again: where its seqno asks for an acknowledgment, it gets
// one. An answer that was lost with an older connection has been sent again by
// attach.
func (s *session) admit(c *conn, m message, kind uint32, now time.Time) bool {
	s.mu.Lock()
	known := s.known(m.id)
	code := 0
	if !known {
		if code = timely(m.id, now); code == 0 {
			code = parity(kind, m.seq)
		}
		if code == 0 {
			code = s.history.add(m.id, m.seq)
		}
	}
	s.mu.Unlock()
	switch {
	case known && kind == proto.MessageContainerTypeID:
		s.bad(c, m, badRepeated)
	case known && m.seq&1 != 0:
		s.notify(c, ack(m.id))
	case code != 0:
		s.bad(c, m, code)
	}
	return !known && code == 0
}

// known says whether a message was taken before. s.mu is held.
func (s *session) known(id int64) bool { return s.history.knows(id) || s.queries[id] != nil }

func (s *session) knows(id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known(id)
}

// bad refuses a message.
func (s *session) bad(c *conn, m message, code int) {
	s.notify(c, &mt.BadMsgNotification{BadMsgID: m.id, BadMsgSeqno: int(m.seq), ErrorCode: code})
}

// attach makes c the session's connection. A new session is greeted; one that has
// changed its connection gets the answers again that it has not acknowledged.
func (s *session) attach(c *conn, received int, list []message) error {
	e := c.sessions[s]
	if e == nil {
		if len(c.sessions) >= connSessions {
			return errSessions
		}
		e = s.server.sessionLog.open(s, c, s.server.clock.base())
		c.sessions[s] = e
	}
	e.received.Add(int64(received))

	s.mu.Lock()
	moved := s.conn != c
	s.conn = c
	greet := !s.greeted
	s.greeted = true
	var again []*rpc
	if moved {
		for _, q := range s.kept {
			if q.plain != nil && q.conn != c && (q.conn == nil || q.conn.isClosed()) {
				q.conn = c
				again = append(again, q)
			}
		}
	}
	s.mu.Unlock()

	if greet {
		first := list[0].id
		for _, m := range list {
			first = min(first, m.id)
		}
		s.tell(c, proto.MessageFromServer, &mt.NewSessionCreated{FirstMsgID: first, UniqueID: s.id ^ s.server.start,
			ServerSalt: s.key.salt(s.server.opt.Now())})
	}
	for _, q := range again {
		s.deliver(c, q)
	}
	return nil
}

func (s *session) detach(c *conn) {
	s.mu.Lock()
	mine := s.conn == c
	if mine {
		s.conn, s.left = nil, s.server.opt.Now()
	}
	s.mu.Unlock()
	if mine {
		s.server.gone.add(s)
	}
}

// envelope takes the next msg_id and seqno. s.mu is held.
func (s *session) envelope(t proto.MessageType, content bool) envelope {
	e := envelope{session: s.id, msgID: s.server.clock.id(t), seqNo: s.content * 2}
	if content {
		e.seqNo++
		s.content++
	}
	return e
}

// notify sends a message that needs no acknowledgment.
func (s *session) notify(c *conn, m bin.Encoder) {
	s.put(c, proto.MessageServerResponse, false, m)
}

// tell sends a message that the client acknowledges; it is not kept.
func (s *session) tell(c *conn, t proto.MessageType, m bin.Encoder) { s.put(c, t, true, m) }

func (s *session) put(c *conn, t proto.MessageType, content bool, m bin.Encoder) {
	b := bin.Buffer{Buf: make([]byte, plainHead, 512)}
	if err := b.Encode(m); err != nil {
		s.server.log.Error("encode a service message", "err", err)
		return
	}
	s.mu.Lock()
	e := s.envelope(t, content)
	s.mu.Unlock()
	s.seal(c, e, b.Buf, manner{})
}

// seal encrypts and queues one message, to go out like that.
func (s *session) seal(c *conn, e envelope, plain []byte, how manner) {
	e.salt = s.key.salt(s.server.opt.Now())
	f, err := s.server.frames.seal(s.server.opt.Rand, &s.key.key, e, plain)
	if err != nil {
		s.server.log.Error("encrypt", "err", err)
		return
	}
	f.since, f.last, f.of = how.ready, how.end, s.server.sessionLog.entry(s, c)
	c.send(f)
}

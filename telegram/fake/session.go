package fake

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
)

const (
	// sessionLife is how long a session without a connection is remembered.
	sessionLife = time.Hour
	// keptQueries is for how many queries of a session a repetition is known.
	keptQueries = 2048
	// keptBytes of answers, and keptAnswers at most, are kept for a session until
	// they are acknowledged; a client that lost older ones has to ask anew.
	keptBytes   = 4 << 20
	keptAnswers = 512
)

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
	queries map[int64]*rpc
	order   []*rpc
	low     int64  // msg_ids up to it were forgotten
	kept    []*rpc // with an answer that may have to be sent again
	bytes   int    // of those
}

// session finds or makes the session with that id.
func (k *authKey) session(id int64, server *Server) *session {
	now := server.opt.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.sessions[id]; s != nil {
		return s
	}
	for id, s := range k.sessions {
		s.mu.Lock()
		if s.conn == nil && now.Sub(s.left) > sessionLife {
			delete(k.sessions, id)
		}
		s.mu.Unlock()
	}
	s := &session{id: id, key: k, server: server, left: now, queries: map[int64]*rpc{}}
	k.sessions[id] = s
	return s
}

// forget removes a session; false = there was none.
func (k *authKey) forget(id int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.sessions[id]
	delete(k.sessions, id)
	return ok
}

// Codes of bad_msg_notification (core.telegram.org/mtproto/service_messages_about_messages).
const (
	badTooLow  = 16 // the client's clock is behind
	badTooHigh = 17
	badBits    = 18
	badTooOld  = 20 // cannot say whether it was seen
	badBody    = 64 // invalid container
	badSalt    = 48
)

// receive takes one decrypted message. received is its length on the wire.
func (s *session) receive(ctx context.Context, c *conn, received int, m *crypto.EncryptedMessageData) {
	now := s.server.opt.Now()
	if code := s.check(m.MessageID, now); code != 0 {
		s.notify(c, &mt.BadMsgNotification{BadMsgID: m.MessageID, BadMsgSeqno: int(m.SeqNo), ErrorCode: code})
		return
	}
	if !s.key.goodSalt(m.Salt, now) {
		s.notify(c, &mt.BadServerSalt{BadMsgID: m.MessageID, BadMsgSeqno: int(m.SeqNo), ErrorCode: badSalt, NewServerSalt: s.key.salt(now)})
		return
	}
	list, err := unpack(message{m.MessageID, m.Data()})
	if err != nil {
		s.notify(c, &mt.BadMsgNotification{BadMsgID: m.MessageID, BadMsgSeqno: int(m.SeqNo), ErrorCode: badBody})
		return
	}
	s.attach(c, received, list)
	for _, m := range list {
		s.handle(ctx, c, m)
	}
}

// check is the code that refuses a msg_id, or 0. It must be from the last 300 s or
// the next 30, unless it repeats a known message.
func (s *session) check(id int64, now time.Time) int {
	s.mu.Lock()
	known := s.queries[id] != nil
	s.mu.Unlock()
	t := proto.MessageID(id).Time()
	switch {
	case known:
		return 0
	case id&3 != 0:
		return badBits
	case now.Sub(t) > 300*time.Second:
		return badTooLow
	case t.Sub(now) > 30*time.Second:
		return badTooHigh
	}
	return 0
}

// attach makes c the session's connection. A new session is greeted; one that has
// changed its connection gets the answers again that it has not acknowledged.
func (s *session) attach(c *conn, received int, list []message) {
	e := c.sessions[s]
	if e == nil {
		e = s.server.sessionLog.open(s, c, s.server.opt.Now())
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
}

func (s *session) detach(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == c {
		s.conn, s.left = nil, s.server.opt.Now()
	}
}

// envelope takes the next msg_id and seqno. s.mu is held.
func (s *session) envelope(t proto.MessageType, content bool) envelope {
	e := envelope{session: s.id, msgID: s.server.ids.New(t), seqNo: s.content * 2}
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
	s.seal(c, e, b.Buf)
}

// seal encrypts and queues one message.
func (s *session) seal(c *conn, e envelope, plain []byte) {
	e.salt = s.key.salt(s.server.opt.Now())
	f, err := s.server.frames.seal(s.server.opt.Rand, &s.key.key, e, plain)
	if err != nil {
		s.server.log.Error("encrypt", "err", err)
		return
	}
	n := int64(len(f.buf) - headRoom)
	if c.send(f) {
		s.server.sessionLog.sent(s, c, n)
	}
}

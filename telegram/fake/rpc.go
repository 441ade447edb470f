package fake

import (
	"context"
	"sync"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
)

// rpc is one query of a session. It runs once, however often its msg_id comes.
type rpc struct {
	msgID int64
	done  chan struct{} // closed when its handler has returned

	sealing sync.Mutex // plain is sealed by one goroutine at a time

	// guarded by the session's mu
	finished bool
	dropped  bool     // by rpc_drop_answer: nobody wants the answer
	plain    []byte   // the answer with its head; nil = none, or acknowledged
	envelope envelope // of the answer; the same each time that it is sent
	conn     *conn    // where it was sent last
}

// handle takes one message: a service message is answered at once, everything
// else is a query and gets a goroutine of its own.
func (s *session) handle(ctx context.Context, c *conn, m message) {
	body, err := unzip(m.body)
	if err != nil || len(body) < 4 {
		s.notify(c, &mt.BadMsgNotification{BadMsgID: m.id, ErrorCode: badBody})
		return
	}
	b := &bin.Buffer{Buf: body}
	id, _ := b.PeekID()
	switch id {
	case mt.MsgsAckTypeID:
		var r mt.MsgsAck
		if r.Decode(b) == nil {
			s.acked(r.MsgIDs)
		}
	case mt.PingRequestTypeID:
		var r mt.PingRequest
		if r.Decode(b) == nil {
			s.notify(c, &mt.Pong{MsgID: m.id, PingID: r.PingID})
		}
	case mt.PingDelayDisconnectRequestTypeID:
		var r mt.PingDelayDisconnectRequest
		if r.Decode(b) == nil {
			c.expect(time.Duration(r.DisconnectDelay) * time.Second)
			s.notify(c, &mt.Pong{MsgID: m.id, PingID: r.PingID})
		}
	case mt.GetFutureSaltsRequestTypeID:
		var r mt.GetFutureSaltsRequest
		if r.Decode(b) == nil {
			s.notify(c, s.salts(m.id, r.Num))
		}
	case mt.DestroySessionRequestTypeID:
		var r mt.DestroySessionRequest
		if r.Decode(b) == nil {
			s.notify(c, s.destroy(r.SessionID))
		}
	case mt.HTTPWaitRequestTypeID, mt.MsgsStateInfoTypeID, mt.MsgsAllInfoTypeID:
		// Nothing is owed.
	case mt.RPCDropAnswerRequestTypeID:
		var r mt.RPCDropAnswerRequest
		if r.Decode(b) == nil {
			s.begin(c, m.id, func() bin.Encoder { return s.drop(r.ReqMsgID) })
		}
	default:
		q, err := s.server.arrive(s.key, body)
		s.begin(c, m.id, func() bin.Encoder {
			if err != nil {
				return rpcError(errBody)
			}
			return s.server.dispatch(ctx, s, c, m.id, q)
		})
	}
}

// begin runs a query unless its msg_id is known: then it is only acknowledged. An
// answer that was lost with an older connection has been sent again by attach.
func (s *session) begin(c *conn, id int64, run func() bin.Encoder) {
	s.mu.Lock()
	if s.queries[id] != nil {
		s.mu.Unlock()
		s.notify(c, ack(id))
		return
	}
	if id <= s.low {
		s.mu.Unlock()
		s.notify(c, &mt.BadMsgNotification{BadMsgID: id, ErrorCode: badTooOld})
		return
	}
	q := &rpc{msgID: id, done: make(chan struct{})}
	s.queries[id] = q
	s.order = append(s.order, q)
	for len(s.order) > keptQueries && s.order[0].finished {
		s.low = max(s.low, s.order[0].msgID)
		delete(s.queries, s.order[0].msgID)
		s.order = s.order[1:]
	}
	s.mu.Unlock()

	s.server.wg.Go(func() {
		late := time.AfterFunc(s.server.ackAfter(), func() { s.late(q) })
		defer late.Stop()
		s.finish(q, run())
	})
}

// late acknowledges a query whose answer takes its time.
func (s *session) late(q *rpc) {
	s.mu.Lock()
	c := s.conn
	silent := q.finished || q.dropped || c == nil
	s.mu.Unlock()
	if !silent {
		s.notify(c, ack(q.msgID))
	}
}

// finish sends the answer on the session's connection of now, and keeps it until
// it is acknowledged.
func (s *session) finish(q *rpc, answer bin.Encoder) {
	plain := s.encode(q.msgID, answer)
	s.mu.Lock()
	q.finished = true
	close(q.done)
	if q.dropped {
		s.mu.Unlock()
		return
	}
	c := s.conn
	q.plain, q.conn, q.envelope = plain, c, s.envelope(proto.MessageServerResponse, true)
	s.kept = append(s.kept, q)
	s.bytes += len(plain)
	for len(s.kept) > 1 && (s.kept[0].plain == nil || s.bytes > keptBytes || len(s.kept) > keptAnswers) {
		s.release(s.kept[0])
		s.kept = s.kept[1:]
	}
	s.mu.Unlock()
	if c != nil {
		q.sealing.Lock()
		s.seal(c, q.envelope, plain)
		q.sealing.Unlock()
	}
}

// deliver sends a kept answer again.
func (s *session) deliver(c *conn, q *rpc) {
	s.mu.Lock()
	plain := q.plain
	s.mu.Unlock()
	if plain != nil {
		q.sealing.Lock()
		s.seal(c, q.envelope, plain)
		q.sealing.Unlock()
	}
}

// release gives up a kept answer. s.mu is held.
func (s *session) release(q *rpc) {
	s.bytes -= len(q.plain)
	q.plain = nil
}

// acked releases the answers with these msg_ids.
func (s *session) acked(ids []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		for _, q := range s.kept {
			if q.plain != nil && q.envelope.msgID == id {
				s.release(q)
				break
			}
		}
	}
	for len(s.kept) > 0 && s.kept[0].plain == nil {
		s.kept = s.kept[1:]
	}
}

// drop is rpc_drop_answer. The query itself goes on: its effects stay.
func (s *session) drop(id int64) bin.Encoder {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queries[id]
	switch {
	case q == nil || q.finished && q.plain == nil:
		return &mt.RPCAnswerUnknown{}
	case !q.finished:
		q.dropped = true
		return &mt.RPCAnswerDroppedRunning{}
	}
	a := &mt.RPCAnswerDropped{MsgID: q.envelope.msgID, SeqNo: int(q.envelope.seqNo), Bytes: len(q.plain) - plainHead}
	s.release(q)
	return a
}

// wait returns when the session's query id, if it is known, has run.
func (s *session) wait(ctx context.Context, id int64) {
	s.mu.Lock()
	q := s.queries[id]
	s.mu.Unlock()
	if q == nil {
		return
	}
	select {
	case <-q.done:
	case <-ctx.Done():
	}
}

// encode makes rpc_result with room for the head and the padding.
func (s *session) encode(id int64, answer bin.Encoder) []byte {
	size := 512
	n, file := fileBytes(answer)
	if file {
		size = n + 128
	}
	b := bin.Buffer{Buf: make([]byte, plainHead, size)}
	b.PutID(proto.ResultTypeID)
	b.PutLong(id)
	n = len(b.Buf)
	if err := b.Encode(answer); err != nil {
		s.server.log.Error("encode an answer", "err", err)
		b.Buf = b.Buf[:n]
		_ = b.Encode(&mt.RPCError{ErrorCode: 500, ErrorMessage: "INTERNAL"})
	}
	if !file {
		layer, _ := s.key.enter(0, false)
		b.Buf = outgoing(layer, b.Buf, n)
	}
	return b.Buf
}

// salts answers get_future_salts: the salt of now and those that follow it.
func (s *session) salts(msgID int64, num int) bin.Encoder {
	now := s.server.opt.Now()
	list := make([]mt.FutureSalt, min(max(num, 1), 64))
	for i := range list {
		n := period(now) + int64(i)
		since := n * int64(saltPeriod/time.Second)
		list[i] = mt.FutureSalt{ValidSince: int(since), ValidUntil: int(since + 2*int64(saltPeriod/time.Second)), Salt: s.key.saltOf(n)}
	}
	return &mt.FutureSalts{ReqMsgID: msgID, Now: int(now.Unix()), Salts: list}
}

func (s *session) destroy(id int64) bin.Encoder {
	if id != s.id && s.key.forget(id) {
		return &mt.DestroySessionOk{SessionID: id}
	}
	return &mt.DestroySessionNone{SessionID: id}
}

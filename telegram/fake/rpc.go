package fake

import (
	"context"
	"sync"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tgerr"
)

// rpc is one query of a session. It runs once, however often its msg_id comes.
type rpc struct {
	msgID int64
	done  chan struct{} // closed when its handler has returned

	sealing sync.Mutex // plain is sealed by one goroutine at a time

	// guarded by the session's mu
	finished bool
	failed   bool     // it was answered by an error
	lost     bool     // a fault keeps its answer back for good
	dropped  bool     // by rpc_drop_answer: nobody wants the answer
	unheard  bool     // it counts as not come: it may come again
	plain    []byte   // the answer with its head; nil = none, or acknowledged
	envelope envelope // of the answer; the same each time that it is sent
	conn     *conn    // where it was sent last
}

// handle takes one message that was admitted: a service message is answered at
// once, everything else is a query and gets a goroutine of its own.
func (s *session) handle(ctx context.Context, c *conn, m message) {
	b := &bin.Buffer{Buf: m.body}
	id, _ := b.PeekID()
	switch id {
	case mt.MsgsAckTypeID:
		if r, ok := service[mt.MsgsAck](s, c, m); ok {
			s.acked(r.MsgIDs[:min(len(r.MsgIDs), ackMax)])
		}
	case mt.PingRequestTypeID:
		if r, ok := service[mt.PingRequest](s, c, m); ok && !s.starved(c) {
			s.notify(c, &mt.Pong{MsgID: m.id, PingID: r.PingID})
		}
	case mt.PingDelayDisconnectRequestTypeID:
		if r, ok := service[mt.PingDelayDisconnectRequest](s, c, m); ok {
			c.expect(time.Duration(r.DisconnectDelay) * time.Second)
			if !s.starved(c) {
				s.notify(c, &mt.Pong{MsgID: m.id, PingID: r.PingID})
			}
		}
	case mt.GetFutureSaltsRequestTypeID:
		if r, ok := service[mt.GetFutureSaltsRequest](s, c, m); ok {
			s.notify(c, s.salts(m.id, r.Num))
		}
	case mt.DestroySessionRequestTypeID:
		if r, ok := service[mt.DestroySessionRequest](s, c, m); ok {
			s.notify(c, s.destroy(r.SessionID))
		}
	case mt.HTTPWaitRequestTypeID, mt.MsgsStateInfoTypeID, mt.MsgsAllInfoTypeID:
		// Nothing is owed.
	case mt.RPCDropAnswerRequestTypeID:
		if r, ok := service[mt.RPCDropAnswerRequest](s, c, m); ok {
			s.begin(c, m.id, 0, func() (bin.Encoder, manner) { return s.drop(r.ReqMsgID), manner{} })
		}
	default:
		q := s.server.arrive(s.key, m.body)
		s.begin(c, m.id, q.owes(), func() (bin.Encoder, manner) { return s.server.dispatch(ctx, s, c, m.id, q) })
	}
}

// ackMax is how many msg_ids one msgs_ack may name.
const ackMax = 8192

// service decodes a service message; one with missing or surplus bytes is refused.
func service[T any, R request[T]](s *session, c *conn, m message) (r T, ok bool) {
	b := &bin.Buffer{Buf: m.body}
	if err := R(&r).Decode(b); err != nil || b.Len() != 0 {
		s.bad(c, m, badBody)
		return r, false
	}
	return r, true
}

// begin runs a query, which is going to owe so many bytes, in a goroutine of its own.
func (s *session) begin(c *conn, id int64, owes int, run func() (bin.Encoder, manner)) {
	q := &rpc{msgID: id, done: make(chan struct{})}
	s.mu.Lock()
	s.queries[id] = q
	s.mu.Unlock()
	c.started(owes)

	s.server.wg.Go(func() {
		defer c.ended(owes)
		late := time.AfterFunc(s.server.ackAfter(), func() { s.late(q) })
		var (
			plain  []byte
			failed bool
			how    manner
		)
		if err := safely(func() error {
			var answer bin.Encoder
			answer, how = run()
			how.ready = time.Now()
			_, failed = answer.(*mt.RPCError)
			if !how.lost {
				plain = s.encode(id, answer)
			}
			return nil
		}); err != nil {
			s.server.log.Error("answer a query", "err", err)
			plain, failed, how = s.encode(id, rpcError(errInternal)), true, manner{}
		}
		if !how.lost { // a lost answer is late for ever
			late.Stop()
		}
		s.finish(q, plain, failed, how)
	})
}

// late acknowledges a query whose answer takes its time.
func (s *session) late(q *rpc) {
	s.mu.Lock()
	c := s.conn
	silent := q.finished && !q.lost || q.dropped || q.unheard || c == nil
	s.mu.Unlock()
	if !silent {
		s.notify(c, ack(q.msgID))
	}
}

// unhear makes a query that was not run one that has never come: its client may
// send it again, as it will when the connection broke before it was answered.
func (s *session) unhear(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queries[id]; q != nil {
		q.unheard = true
		delete(s.queries, id)
		s.history.forget(id)
	}
}

// finish sends the answer on the session's connection of now, and keeps it until
// it is acknowledged.
func (s *session) finish(q *rpc, plain []byte, failed bool, how manner) {
	s.mu.Lock()
	q.finished, q.failed, q.lost = true, failed || q.unheard, how.lost
	close(q.done)
	if q.unheard {
		s.mu.Unlock()
		return
	}
	s.ended = append(s.ended, q)
	if len(s.ended) > keptQueries {
		delete(s.queries, s.ended[0].msgID)
		s.ended[0] = nil
		s.ended = s.ended[1:]
	}
	if q.dropped || q.lost {
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
	var again envelope
	if how.twice {
		again = s.envelope(proto.MessageServerResponse, true)
	}
	s.mu.Unlock()
	if c == nil {
		s.server.gone.add(s)
		return
	}
	q.sealing.Lock()
	s.seal(c, q.envelope, plain, how)
	if how.twice {
		s.seal(c, again, plain, manner{ready: how.ready})
	}
	q.sealing.Unlock()
}

// deliver sends a kept answer again.
func (s *session) deliver(c *conn, q *rpc) {
	s.mu.Lock()
	plain := q.plain
	s.mu.Unlock()
	if plain != nil {
		q.sealing.Lock()
		s.seal(c, q.envelope, plain, manner{})
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

// waitLimit is how long invokeAfterMsg waits.
const waitLimit = 30 * time.Second

// wait returns when the session's queries ids have run, for the query id that must
// come after them, or says why it cannot run. It waits for older queries alone, so
// that no two wait for each other.
func (s *session) wait(ctx context.Context, id int64, ids []int64) *tgerr.Error {
	if len(ids) == 0 {
		return nil
	}
	over := time.NewTimer(waitLimit)
	defer over.Stop()
	for _, earlier := range ids {
		s.mu.Lock()
		q := s.queries[earlier]
		s.mu.Unlock()
		if q == nil || earlier >= id {
			return errWaitFailed
		}
		select {
		case <-q.done:
		case <-over.C:
			return errWaitTimeout
		case <-ctx.Done():
			return errWaitTimeout
		}
		s.mu.Lock()
		failed := q.failed
		s.mu.Unlock()
		if failed {
			return errWaitFailed
		}
	}
	return nil
}

var (
	errWaitFailed  = tgerr.New(400, "MSG_WAIT_FAILED")
	errWaitTimeout = tgerr.New(400, "MSG_WAIT_TIMEOUT")
)

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
		_ = b.Encode(rpcError(errInternal))
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
	if id != s.id && s.key.forget(id, s.server.opt.Now()) {
		return &mt.DestroySessionOk{SessionID: id}
	}
	return &mt.DestroySessionNone{SessionID: id}
}

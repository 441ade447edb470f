package fake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/tgerr"
)

// arrive takes the wrappers off a query and notes what they say of the key. It is
// called in the order in which queries come in, so that one behind another that
// carries initConnection need not wait for its answer.
func (s *Server) arrive(k *authKey, body []byte) wrapped {
	var w wrapped
	if err := safely(func() (err error) {
		w, err = unwrap(body)
		return err
	}); err != nil {
		id, _ := (&bin.Buffer{Buf: body}).PeekID()
		return wrapped{method: id, wrong: errBody} // of what cannot be read that much is known
	}
	if layer, _ := k.enter(0, false); w.bare && layer == 0 && w.wrong == nil {
		w.wrong = errLayer
	}
	if w.wrong != nil {
		return w // nothing of it is noted
	}
	if w.layer != 0 && w.layer != layerNewest && w.layer != layerOldest {
		s.strange(k, w.layer)
	}
	w.layer, w.inited = k.enter(w.layer, w.inited)
	w.body = incoming(w.layer, w.method, w.body)
	return w
}

// dispatch runs one query and returns its answer, rpc_error included, and how it
// goes out.
func (s *Server) dispatch(ctx context.Context, ss *session, c *conn, msgID int64, q wrapped) (answer bin.Encoder, how manner) {
	begun := time.Now() // how long it took, whatever the fake's own clock says
	name, args := s.method(q.method), argsOf(q.method, q.body)
	running := s.stats.begin(ss.key.account(), name)
	s.sessionLog.called(ss, c)
	_ = pause(ctx, c.shape().Think)
	unfit := q.wrong
	if unfit == nil {
		unfit = ss.wait(ctx, msgID, q.after)
	}
	k := &call{
		ctx: ctx, server: s, conn: c, session: ss.id, key: ss.key, dc: c.dc, layer: q.layer,
		noUpdates: q.noUpdates, msgID: msgID, account: ss.key.account(), unhear: func() { ss.unhear(msgID) },
	}
	running.charge(k.account) // one that it waited for may have logged in
	subscribes := unfit == nil && q.inited && !q.noUpdates && !quiet(name) && !s.away(k)
	if subscribes && k.account != 0 {
		// Before the handler: no update may fall between a state and the first push.
		ss.updates.Store(true)
	}
	var err error
	switch refusal := ss.key.refused(); {
	case refusal == errDuplicated:
		err, how.end = tgerr.New(406, refusal), "duplicate"
	case unfit != nil:
		err = unfit
	case !q.inited:
		err = tgerr.New(400, "CONNECTION_NOT_INITED")
	case refusal != "" && !strings.HasPrefix(name, "auth.") && name != "help.getConfig":
		err = tgerr.New(401, refusal)
	default:
		answer, how, err = s.pass(k, q, name, args)
	}
	if account := ss.key.account(); account != k.account {
		// The call was a login or a logout. One on a connection too many has its
		// effect, and its answer waits for a connection that may be.
		if !c.counted(ss.key) {
			c.fail(errTooMany)
		}
		if subscribes && account != 0 {
			ss.updates.Store(true)
		}
	}
	var rpcErr *tgerr.Error
	if err != nil {
		if rpcErr = asRPC(err); rpcErr == nil {
			s.log.Error("answer a query", "method", name, "account", k.account, "err", err)
			rpcErr = errInternal
		}
		answer = rpcError(rpcErr)
	}
	took := time.Since(begun)
	n, result := size(answer), "ok"
	switch {
	case how.lost:
		n, result, rpcErr = 0, "lost", nil
	case rpcErr != nil:
		result = rpcErr.Message
	}
	running.end(rpcErr, !how.lost, n, took)
	s.calls.add(callEntry{
		Date: stamp{s.clock.base()}, Method: name, Account: k.account, DC: c.dc, Place: c.place, Connection: c.id,
		Args: args.logged(), Result: result, Took: span(took.Round(time.Microsecond)), Bytes: n, Fault: how.fault,
	})
	return answer, how
}

// run calls the method's handler. Where a decode error says that another
// constructor was expected, it tries again with that peer's other name.
func (s *Server) run(k *call, id uint32, body []byte) (bin.Encoder, error) {
	h := s.methods[id]
	if h == nil {
		return nil, tgerr.New(400, fmt.Sprintf("NOT_IMPLEMENTED_%x", id))
	}
	var (
		answer     bin.Encoder
		err        error
		unexpected *bin.UnexpectedIDErr
	)
	for again := true; again; {
		b := &bin.Buffer{Buf: body}
		answer, err = guarded(h, k, b)
		if again = errors.As(err, &unexpected); again {
			body, again = otherPeer(body, len(body)-b.Len())
		}
	}
	if err == nil && answer == nil {
		err = errors.New("no answer")
	}
	return answer, err
}

// guarded keeps a handler's panic from ending the server.
func guarded(h handler, k *call, b *bin.Buffer) (answer bin.Encoder, err error) {
	err = safely(func() (err error) {
		answer, err = h(k, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// quiet methods never subscribe a session to updates: file queries, the config,
// and an authorization brought to another DC ("enabled by default for file
// queries", core.telegram.org/method/invokeWithoutUpdates).
func quiet(method string) bool {
	return strings.HasPrefix(method, "upload.") || method == "help.getConfig" ||
		method == "auth.importAuthorization" || method == "auth.exportAuthorization"
}

var (
	errBody     = tgerr.New(400, "INPUT_CONSTRUCTOR_INVALID")
	errInternal = tgerr.New(500, "INTERNAL")
)

// asRPC is the error as a client sees it; nil = an internal one.
func asRPC(err error) *tgerr.Error {
	var (
		e          *tgerr.Error
		unexpected *bin.UnexpectedIDErr
		length     *bin.InvalidLengthError
	)
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &unexpected), errors.As(err, &length), errors.Is(err, io.ErrUnexpectedEOF):
		return errBody
	}
	return nil
}

func rpcError(e *tgerr.Error) bin.Encoder {
	return &mt.RPCError{ErrorCode: e.Code, ErrorMessage: e.Message}
}

// size is what an answer counts: the bytes of a file, nothing for the rest.
func size(answer bin.Encoder) int64 {
	n, _ := fileBytes(answer)
	return int64(n)
}

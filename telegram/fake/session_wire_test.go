package fake

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
)

// again is the same session on a new connection.
func (w *wire) again(c *client) *client {
	d := *c
	d.c = w.framed(2, gotdcodec.Intermediate{})
	return &d
}

// slow has help.getConfig, which waits for the test, and counts its runs.
func slow() (methods map[uint32]handler, runs *atomic.Int64, let chan struct{}) {
	methods, runs, let = tiny(), new(atomic.Int64), make(chan struct{})
	methods[tg.HelpGetConfigRequestTypeID] = func(c *call, b *bin.Buffer) (bin.Encoder, error) {
		runs.Add(1)
		select {
		case <-let:
		case <-c.ctx.Done():
		}
		return &tg.NearestDC{Country: "slow"}, nil
	}
	return methods, runs, let
}

var config = &tg.HelpGetConfigRequest{}

func TestNewSession(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	both := c.contained(layered(228, nearest), proto.GZIP{Data: encoded(nearest)})
	first := both.Messages[0].ID
	c.send(both)
	var created mt.NewSessionCreated
	c.expect(&created)
	if created.FirstMsgID != first {
		t.Errorf("first_msg_id %d, want the lower of the container's, %d", created.FirstMsgID, first)
	}
	if created.ServerSalt != c.salt {
		t.Errorf("salt %d, want %d", created.ServerSalt, c.salt)
	}
	// The first one says initConnection for both, in whatever order they end.
	for range 2 {
		if _, b, err := c.recv(); err != nil {
			t.Fatal(err)
		} else if id, _ := b.PeekID(); id != proto.ResultTypeID {
			t.Errorf("got %x, want a result", id)
		}
	}
}

func TestBadSalt(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	good := c.salt
	c.salt = 0
	id := c.send(layered(228, nearest))
	var bad mt.BadServerSalt
	c.expect(&bad)
	if bad.BadMsgID != id || bad.ErrorCode != 48 || bad.NewServerSalt != good {
		t.Errorf("got %+v", bad)
	}
	c.salt = bad.NewServerSalt
	c.nearestDC(c.send(layered(228, nearest)))
}

func TestBadMessageID(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	now := time.Now()
	for _, test := range []struct {
		at   time.Time
		bits int64
		want int
	}{
		{now.Add(-310 * time.Second), 0, 16},
		{now.Add(40 * time.Second), 0, 17},
		{now, 1, 18},
	} {
		c := w.client(0)
		id := int64(proto.NewMessageID(test.at, proto.MessageFromClient)) + test.bits
		c.sendAs(id, layered(228, nearest))
		var bad mt.BadMsgNotification
		c.expect(&bad)
		if bad.BadMsgID != id || bad.ErrorCode != test.want {
			t.Errorf("got %+v, want code %d", bad, test.want)
		}
	}
}

func TestTwice(t *testing.T) {
	methods, runs, let := slow()
	w := startWire(t, Options{}, methods)
	w.ackAfter = func() time.Duration { return time.Hour }
	c := w.client(0)
	id := c.send(layered(228, config))
	c.expect(&mt.NewSessionCreated{})
	c.sendAs(id, layered(228, config))
	var a mt.MsgsAck
	c.expect(&a)
	if !slices.Equal(a.MsgIDs, []int64{id}) {
		t.Errorf("acknowledged %v, want %d", a.MsgIDs, id)
	}
	close(let)
	c.answer(id)
	c.sendAs(id, layered(228, config))
	c.expect(&mt.MsgsAck{})
	if n := runs.Load(); n != 1 {
		t.Errorf("ran %d times", n)
	}
}

func TestLateAnswer(t *testing.T) {
	methods, _, let := slow()
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	id := c.send(layered(228, config))
	c.expect(&mt.NewSessionCreated{})
	var a mt.MsgsAck
	c.expect(&a)
	if !slices.Equal(a.MsgIDs, []int64{id}) {
		t.Errorf("acknowledged %v, want %d", a.MsgIDs, id)
	}
	close(let)
	c.answer(id)
}

// TestOrder: queries of one connection run side by side and are answered as they
// end.
func TestOrder(t *testing.T) {
	methods, _, let := slow()
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	first := c.send(layered(228, config))
	c.nearestDC(c.send(layered(228, nearest)))
	close(let)
	c.answer(first)
}

func TestInvokeAfter(t *testing.T) {
	methods, _, let := slow()
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	first := c.send(layered(228, config))
	second := c.send(&tg.InvokeAfterMsgRequest{MsgID: first, Query: object{nearest}})
	third := c.send(nearest)
	c.nearestDC(third)
	close(let)
	c.answer(first)
	c.nearestDC(second)
}

// object makes a request what gotd's wrappers want.
type object struct {
	*tg.HelpGetNearestDCRequest
}

func (object) Decode(*bin.Buffer) error { return nil }

func TestAnswerOnNewConnection(t *testing.T) {
	methods, runs, let := slow()
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	id := c.send(layered(228, config))
	c.expect(&mt.NewSessionCreated{})
	_ = c.c.Close()
	w.until("the connection is gone", func() bool { return w.stats.connections.Load() == 0 })

	c = w.again(c)
	c.send(&mt.PingRequest{PingID: 7})
	c.expect(&mt.Pong{})
	close(let)
	answer, _ := c.answer(id)

	// Not acknowledged, so it comes again with the next connection, as it was.
	_ = c.c.Close()
	w.until("the connection is gone", func() bool { return w.stats.connections.Load() == 0 })
	c = w.again(c)
	c.send(&mt.PingRequest{PingID: 8})
	if same, _ := c.answer(id); same != answer {
		t.Errorf("the answer came with msg_id %d, then %d", answer, same)
	}
	c.send(&mt.MsgsAck{MsgIDs: []int64{answer}})
	c.send(&mt.PingRequest{PingID: 9})
	c.expect(&mt.Pong{})
	c.expect(&mt.Pong{})

	_ = c.c.Close()
	w.until("the connection is gone", func() bool { return w.stats.connections.Load() == 0 })
	c = w.again(c)
	c.send(&mt.PingRequest{PingID: 10})
	c.expect(&mt.Pong{})
	c.sendAs(id, layered(228, config))
	c.expect(&mt.MsgsAck{})
	if n := runs.Load(); n != 1 {
		t.Errorf("ran %d times", n)
	}
}

// until polls the server's counters.
func (w *wire) until(what string, f func() bool) {
	w.t.Helper()
	end := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !f() {
		select {
		case <-tick.C:
		case <-end:
			w.t.Fatalf("timeout: %s", what)
		}
	}
}

func TestDropAnswer(t *testing.T) {
	methods, _, let := slow()
	w := startWire(t, Options{}, methods)
	c := w.client(0)
	id := c.send(layered(228, config))
	for _, test := range []struct {
		id   int64
		want uint32
	}{{id, mt.RPCAnswerDroppedRunningTypeID}, {id + 4, mt.RPCAnswerUnknownTypeID}} {
		_, b := c.answer(c.send(&mt.RPCDropAnswerRequest{ReqMsgID: test.id}))
		if got, _ := b.PeekID(); got != test.want {
			t.Errorf("got %x, want %x", got, test.want)
		}
	}
	close(let)
	done := c.send(nearest)
	c.nearestDC(done)
	_, b := c.answer(c.send(&mt.RPCDropAnswerRequest{ReqMsgID: done}))
	var d mt.RPCAnswerDropped
	if err := d.Decode(b); err != nil {
		t.Error(err)
	}
	w.until("the dropped query has run", func() bool { return w.stats.view().Accounts[0].Methods["help.getConfig"].OK == 1 })
	c.send(&mt.PingRequest{})
	c.expect(&mt.Pong{}) // and no answer came before it
}

func TestService(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	id := c.send(&mt.PingRequest{PingID: 42})
	c.expect(&mt.NewSessionCreated{})
	var pong mt.Pong
	c.expect(&pong)
	if pong.MsgID != id || pong.PingID != 42 {
		t.Errorf("got %+v", pong)
	}

	id = c.send(&mt.GetFutureSaltsRequest{Num: 3})
	var salts mt.FutureSalts
	c.expect(&salts)
	if salts.ReqMsgID != id || len(salts.Salts) != 3 || salts.Salts[0].Salt != c.salt {
		t.Errorf("got %+v", salts)
	}

	other := *c
	other.session++
	other.send(&mt.PingRequest{})
	other.expect(&mt.NewSessionCreated{})
	other.expect(&mt.Pong{})
	c.send(&mt.DestroySessionRequest{SessionID: other.session})
	c.expect(&mt.DestroySessionOk{})
	c.send(&mt.DestroySessionRequest{SessionID: other.session})
	c.expect(&mt.DestroySessionNone{})

	c.send(&mt.PingDelayDisconnectRequest{PingID: 1, DisconnectDelay: 60})
	c.expect(&mt.Pong{})
	c.send(&mt.PingDelayDisconnectRequest{PingID: 1, DisconnectDelay: 1})
	c.expect(&mt.Pong{})
	if _, _, err := c.recv(); err == nil {
		t.Error("the connection lives on after its delay")
	}
}

func TestSalts(t *testing.T) {
	var now atomic.Pointer[time.Time]
	begin := time.Date(2026, 1, 1, 12, 10, 0, 0, time.UTC)
	now.Store(&begin)
	r := newKeyring(Options{Now: func() time.Time { return *now.Load() }})
	k := r.add(2, [256]byte{1}, 77)
	salt := k.salt(begin)
	for _, test := range []struct {
		after       time.Duration
		first, used bool
	}{{0, true, true}, {29 * time.Minute, true, true}, {49 * time.Minute, true, true}, {50 * time.Minute, true, false}, {61 * time.Minute, false, false}} {
		at := begin.Add(test.after)
		if got := k.goodSalt(77, at); got != test.first {
			t.Errorf("after %v the exchange's salt is good: %v", test.after, got)
		}
		if got := k.goodSalt(salt, at); got != test.used {
			t.Errorf("after %v the first period's salt is good: %v", test.after, got)
		}
		if !k.goodSalt(k.salt(at), at) {
			t.Errorf("after %v the new salt is refused", test.after)
		}
	}
}

func TestRestart(t *testing.T) {
	o := Options{Data: t.TempDir(), Seed: 3}
	w := startWire(t, o, tiny())
	if err := w.loadKeys(); err != nil {
		t.Fatal(err)
	}
	conn := w.framed(2, gotdcodec.Intermediate{})
	key, salt := w.exchange(conn, 2)
	c := newClient(t, conn, key, salt)
	c.nearestDC(c.send(layered(227, nearest)))
	w.ring.find(2, key.ID).login(7000001)

	v := startWire(t, o, tiny())
	if err := v.loadKeys(); err != nil {
		t.Fatal(err)
	}
	if !v.PublicKey().Equal(w.PublicKey()) {
		t.Error("the public key has changed")
	}
	c = v.again(c)
	id := c.send(nearest)
	c.expect(&mt.NewSessionCreated{})
	c.nearestDC(id)
	k := v.ring.find(2, key.ID)
	if layer, inited := k.enter(0, false); layer != 227 || !inited || k.account() != 7000001 {
		t.Errorf("layer %d, inited %v, account %d", layer, inited, k.account())
	}
	if v.ring.find(4, key.ID) != nil {
		t.Error("the key is known in another DC")
	}
}

// TestMany is for the race detector.
func TestMany(t *testing.T) {
	methods := tiny()
	methods[tg.UploadGetFileRequestTypeID] = func(*call, *bin.Buffer) (bin.Encoder, error) {
		return &tg.UploadFile{Type: &tg.StorageFileUnknown{}, Bytes: make([]byte, 10_000)}, nil
	}
	w := startWire(t, Options{}, methods)
	done := make(chan error, 8)
	for range cap(done) {
		c := w.client(7000001)
		go func() {
			c.send(layered(228, nearest))
			for range 50 {
				c.send(&tg.UploadGetFileRequest{Location: &tg.InputDocumentFileLocation{}, Limit: 10_000})
			}
			var acks []int64
			for results := 0; results < 51; {
				id, b, err := c.recv()
				if err != nil {
					done <- err
					return
				}
				if t, _ := b.PeekID(); t == proto.ResultTypeID {
					results++
					acks = append(acks, id)
				}
			}
			c.send(&mt.MsgsAck{MsgIDs: acks})
			done <- nil
		}()
	}
	for range 20 {
		w.push(7000001, 0, &tg.UpdatesTooLong{})
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	calls, last, _, _ := w.calls.list(callFilter{Method: "upload.getFile"}, 0, 1000)
	if len(calls) != 400 || last != 408 {
		t.Errorf("%d calls, last %d", len(calls), last)
	}
	m := w.stats.view().Accounts[7000001].Methods["upload.getFile"]
	if m.Calls != 400 || m.OK != 400 || m.Bytes != 4_000_000 {
		t.Errorf("got %+v", m)
	}
}

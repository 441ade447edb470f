package fake

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// counted is a client's socket, and what went through it.
type counted struct {
	net.Conn
	in, out atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in.Add(int64(n))
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	return n, err
}

// TestStats: every number of GET /stats after a known course of calls.
func TestStats(t *testing.T) {
	w := servedWith(t, Options{})
	near, far := w.posted(mainBot, 2, 10_000), w.posted(mainBot, 4, 10_000)
	raw := &counted{Conn: w.dial(2)}
	if err := (gotdcodec.Intermediate{}).WriteHeader(raw); err != nil {
		t.Fatal(err)
	}
	frames := &framed{rw: raw, codec: gotdcodec.Intermediate{}}
	key, salt := w.exchange(frames, 2)
	c := newClient(t, frames, key, salt)
	login := &tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: w.world.bots()[0].Token}
	stale := *near
	stale.Location = &tg.InputDocumentFileLocation{ID: near.Location.(*tg.InputDocumentFileLocation).ID, AccessHash: near.Location.(*tg.InputDocumentFileLocation).AccessHash}
	for i, test := range []struct {
		query bin.Encoder
		want  string
	}{
		{layered(228, state), "AUTH_KEY_UNREGISTERED"}, {login, "ok"}, {state, "ok"}, {near, "ok"}, {near, "ok"}, {far, "FILE_MIGRATE_4"}, {&stale, "FILE_REFERENCE_EMPTY"},
	} {
		if got := c.result(c.send(test.query)); got != test.want {
			t.Errorf("call %d: %s, want %s", i, got, test.want)
		}
	}
	w.until("all bytes are counted", func() bool {
		v := w.stats.view().Totals
		return v.BytesSent == raw.in.Load() && v.BytesReceived == raw.out.Load()
	})
	other := w.ready(otherBot)
	_ = other.c.Close()
	w.until("the other has gone", func() bool { return w.stats.view().Totals.Connections == 1 })

	v := w.stats.view()
	bot := v.Accounts[mainBot]
	sent, received := bot.BytesSent, bot.BytesReceived // without what came before the login
	if sent < 8192 || sent >= v.Totals.BytesSent || received < 400 || received >= v.Totals.BytesReceived {
		t.Errorf("bytes of the bot %+v", bot.countView)
	}
	bot.BytesSent, bot.BytesReceived, v.Totals.BytesSent, v.Totals.BytesReceived = 0, 0, 0, 0
	if d := cmp.Diff(countView{Connections: 1, ConnectionsMax: 1, Logins: 1, Migrations: 1, ReferenceErrors: 1}, bot.countView); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(countView{Connections: 1, ConnectionsMax: 2, Exchanges: 1, Logins: 1, Migrations: 1, ReferenceErrors: 1}, v.Totals); d != "" {
		t.Error(d)
	}
	timeless := func(m methodView) methodView { m.MS = timesView{}; return m }
	want := methodView{Calls: 4, OK: 2, Bytes: 8192, Errors: map[string]int64{"FILE_MIGRATE": 1, "FILE_REFERENCE_EMPTY": 1}, InFlightMax: 1}
	if d := cmp.Diff(want, timeless(bot.Methods["upload.getFile"])); d != "" {
		t.Error(d)
	}
	want = methodView{Calls: 1, Errors: map[string]int64{"AUTH_KEY_UNREGISTERED": 1}, InFlightMax: 1}
	if d := cmp.Diff(want, timeless(v.Accounts[0].Methods["updates.getState"])); d != "" {
		t.Error(d)
	}
	if n := v.Accounts[0].Methods["auth.importBotAuthorization"]; n.Calls != 1 || n.OK != 1 {
		t.Errorf("the login %+v", n)
	}
	if v.Process.RSS < 1<<20 || v.Process.CPUSeconds <= 0 {
		t.Errorf("%+v", v.Process)
	}
}

// TestTimesAndFlights: times within a bucket, and calls that run side by side; a
// reset keeps what runs.
func TestTimesAndFlights(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	st := newStats(func() time.Time { return now })
	for i := range 100 {
		st.begin(1, "m").end(nil, true, 10, time.Duration(i+1)*time.Millisecond)
	}
	m := st.view().Accounts[1].Methods["m"]
	if m.MS.P50 < 50 || m.MS.P50 > 55 || m.MS.P95 < 95 || m.MS.P95 > 100 || m.MS.Max != 100 {
		t.Errorf("%+v", m.MS)
	}
	if m.Calls != 100 || m.OK != 100 || m.Bytes != 1000 || m.InFlightMax != 1 {
		t.Errorf("%+v", m)
	}
	var running []*runningCall
	for range 3 {
		running = append(running, st.begin(1, "m"))
	}
	running[0].end(nil, true, 0, time.Millisecond)
	if m = st.view().Accounts[1].Methods["m"]; m.InFlightMax != 3 || m.Calls != 103 || m.OK != 101 {
		t.Errorf("%+v", m)
	}
	now = now.Add(time.Minute)
	st.reset()
	if v := st.view(); !v.Since.Equal(now) || v.Accounts[1].Methods["m"].Calls != 2 || v.Accounts[1].Methods["m"].InFlightMax != 2 {
		t.Errorf("%+v", v)
	}
	running[1].end(tgerr.New(420, "FLOOD_WAIT_7"), true, 0, time.Second)
	running[2].end(nil, false, 0, time.Second)
	m = st.view().Accounts[1].Methods["m"]
	if m.Calls != 2 || m.OK != 0 || len(m.Errors) != 1 || m.Errors["FLOOD_WAIT"] != 1 || m.MS != (timesView{1000, 1000, 1000}) {
		t.Errorf("%+v", m)
	}
	st.reset()
	if n := len(st.view().Accounts[1].Methods); n != 0 {
		t.Errorf("%d methods", n)
	}
}

// calls reads GET /calls; it may wait.
func (w *wire) list(ctx context.Context, query string) (seqs []int64, last, lost int64) {
	w.t.Helper()
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1/v1/calls?"+query, nil))
	var v struct {
		Calls []callEntry
		Last  int64 `json:"last_seq"`
		Lost  int64
	}
	b := bytes.ReplaceAll(answer.Body.Bytes(), []byte(`"took"`), []byte(`"-"`))
	b = bytes.ReplaceAll(b, []byte(`"date"`), []byte(`"-"`))
	if err := json.Unmarshal(b, &v); err != nil {
		w.t.Fatal(err)
	}
	for _, c := range v.Calls {
		seqs = append(seqs, c.Seq)
	}
	return seqs, v.Last, v.Lost
}

// TestCallsWait: a wait ends with the first call that is wanted, not with another.
func TestCallsWait(t *testing.T) {
	w := startWhole(t)
	c := w.ready(mainBot)
	type page struct {
		seqs []int64
		last int64
	}
	got := make(chan page, 1)
	go func() {
		seqs, last, _ := w.list(context.WithoutCancel(t.Context()), "after=1&method=updates.getState&wait=60s")
		got <- page{seqs, last}
	}()
	for range 3 {
		c.nearestDC(c.send(nearest))
	}
	select {
	case p := <-got:
		t.Fatalf("another call ended it: %+v", p)
	default:
	}
	c.answer(c.send(state))
	if d := cmp.Diff(page{[]int64{5}, 5}, <-got, cmp.AllowUnexported(page{})); d != "" {
		t.Error(d)
	}
	for _, test := range []struct {
		query string
		want  []int64
		last  int64
	}{
		{"", []int64{1, 2, 3, 4, 5}, 5}, {"after=3", []int64{4, 5}, 5}, {"limit=2", []int64{1, 2}, 2}, {"after=5", nil, 5}, {"after=9", nil, 9},
		{"account=7000001&method=updates.getState", []int64{5}, 5}, {"account=7000002", nil, 5}, {"document_id=7", nil, 5},
	} {
		if seqs, last, lost := w.list(t.Context(), test.query); !cmp.Equal(seqs, test.want) || last != test.last || lost != 0 {
			t.Errorf("%s: %v, last %d, lost %d", test.query, seqs, last, lost)
		}
	}
}

// TestCallsLost: what was forgotten before it could be listed is counted.
func TestCallsLost(t *testing.T) {
	w := startWhole(t)
	for range callsKept + 5 {
		w.calls.add(callEntry{Method: "m"})
	}
	for _, test := range []struct {
		query string
		first int64
		lost  int64
	}{{"limit=1", 6, 5}, {"after=3&limit=1", 6, 2}, {"after=5&limit=1", 6, 0}, {"after=200004&limit=1", 200_005, 0}} {
		seqs, last, lost := w.list(t.Context(), test.query)
		if len(seqs) != 1 || seqs[0] != test.first || last != test.first || lost != test.lost {
			t.Errorf("%s: %v, last %d, lost %d", test.query, seqs, last, lost)
		}
	}
}

// TestCallsShow: what an entry says of its call.
func TestCallsShow(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	file := w.posted(mainBot, 2, 10_000)
	c := w.ready(mainBot)
	file.Offset = 8192
	c.answer(c.send(file))
	must(w.world.send(person, mainBot, letter{Text: "hello"}))(t)
	c.answer(c.send(&tg.MessagesForwardMessagesRequest{FromPeer: toPerson(), ID: []int{1}, RandomID: []int64{-5},
		ToPeer: &tg.InputPeerChannel{ChannelID: channelID, AccessHash: w.world.accessHash(mainBot, "channel", channelID)}}))
	list, _, _, _ := w.calls.list(callFilter{}, 1, maxLimit)
	offset := int64(8192)
	date := stamp{clock.now()}
	want := []callEntry{
		{Seq: 2, Date: date, Method: "upload.getFile", Account: mainBot, DC: 2, Place: 1, Connection: 1, Result: "ok", Bytes: 10_000 - 8192,
			Args: &callArgs{Document: file.Location.(*tg.InputDocumentFileLocation).ID, Offset: &offset, Limit: 4096}},
		{Seq: 3, Date: date, Method: "messages.forwardMessages", Account: mainBot, DC: 2, Place: 1, Connection: 1, Result: "ok",
			Args: &callArgs{IDs: []int{1}, RandomIDs: []string{"-5"}}},
	}
	for i := range list {
		if list[i].Took < 0 {
			t.Errorf("took %v", list[i].Took)
		}
		list[i].Took = 0
		list[i].Args.messages, list[i].Args.chat = 0, 0
	}
	if d := cmp.Diff(want, list, cmp.AllowUnexported(callArgs{})); d != "" {
		t.Error(d)
	}
}

package fake

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gotd/td/mt"
	"github.com/gotd/td/tg"
)

// steps is a clock that stands still until the test moves it.
type steps struct {
	mu sync.Mutex
	at time.Time
}

func newSteps() *steps { return &steps{at: time.Now()} }

func (s *steps) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *steps) add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

// control calls the control port and gives the body of its answer.
func (w *wire) control(method, path, body string, status int) string {
	w.t.Helper()
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, httptest.NewRequest(method, "http://127.0.0.1/v1"+path, strings.NewReader(body)))
	if answer.Code != status {
		w.t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, answer.Code, status, answer.Body)
	}
	return strings.TrimSpace(answer.Body.String())
}

// result is ok or the error that answers a query.
func (c *client) result(query int64) string {
	c.t.Helper()
	_, b := c.answer(query)
	if id, _ := b.PeekID(); id != mt.RPCErrorTypeID {
		return "ok"
	}
	var e mt.RPCError
	if err := e.Decode(b); err != nil {
		c.t.Fatal(err)
	}
	return e.ErrorMessage
}

// posted puts a file into the channel and gives what a bot asks for it with.
func (w *wire) posted(account int64, dc int, size int64) *tg.UploadGetFileRequest {
	w.t.Helper()
	m := film(7, size)
	m.DC = dc
	p := must(w.world.post(channelID, []item{{Media: m}}))(w.t)
	w.world.mu.Lock()
	defer w.world.mu.Unlock()
	id := p[0].Media.Document
	return &tg.UploadGetFileRequest{Precise: true, Limit: 4096, Location: &tg.InputDocumentFileLocation{
		ID: id, AccessHash: w.world.accessHash(account, "file", id), FileReference: w.world.reference(account, id, channelID),
	}}
}

const noLimits = `{"get_file":{"probability":0,"error":"both","seconds":[1,3],"account":{"calls":0,"bytes":0},"connection":{"calls":0,"bytes":0}},` +
	`"login":{"per":"10m0s","calls":0,"seconds":1000},"send":{"chat":0,"account":0},"connections_per_account":0}`

func TestLimitsOverControl(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	if got := w.control("GET", "/limits", "", http.StatusOK); got != noLimits {
		t.Errorf("at first %s", got)
	}
	file := w.posted(mainBot, 2, 10_000)
	c := w.client(mainBot)
	if got := c.result(c.send(layered(228, file))); got != "ok" {
		t.Fatal(got)
	}
	want := strings.NewReplacer(`"probability":0`, `"probability":1`, "both", "FLOOD_WAIT", "[1,3]", "[2,2]").Replace(noLimits)
	if got := w.control("PATCH", "/limits", `{"get_file":{"probability":1,"error":"FLOOD_WAIT","seconds":[2,2]}}`, http.StatusOK); got != want {
		t.Errorf("patched %s", got)
	}
	if got := c.result(c.send(file)); got != "FLOOD_WAIT_2" {
		t.Error(got)
	}
	w.control("PATCH", "/limits", `{"get_file":{"probability":0}}`, http.StatusOK)
	clock.add(time.Second)
	if got := c.result(c.send(file)); got != "FLOOD_WAIT_1" {
		t.Error(got)
	}
	if got := c.result(c.send(&tg.UpdatesGetStateRequest{})); got != "ok" {
		t.Error(got)
	}
	clock.add(time.Second)
	if got := c.result(c.send(file)); got != "ok" {
		t.Error(got)
	}
	v := w.stats.view()
	for who, n := range map[string]countView{"all": v.Totals, "the bot": v.Accounts[mainBot].countView} {
		if n.Floods != 1 || n.CallsWhileFlooded != 1 {
			t.Errorf("%s: %d floods, %d calls while flooded", who, n.Floods, n.CallsWhileFlooded)
		}
	}
	m := v.Accounts[mainBot].Methods["upload.getFile"]
	if m.Calls != 4 || m.OK != 2 || m.Bytes != 8192 || len(m.Errors) != 1 || m.Errors["FLOOD_WAIT"] != 2 {
		t.Errorf("upload.getFile %+v", m)
	}

	w.control("PATCH", "/limits", `{"get_file":{"error":null,"seconds":null}}`, http.StatusOK)
	if got := w.control("GET", "/limits", "", http.StatusOK); got != noLimits {
		t.Errorf("with nulls %s", got)
	}
}

// TestResetOfLimits: a reset brings back what the server began with.
func TestResetOfLimits(t *testing.T) {
	w := servedWith(t, Options{Limits: Limits{Send: SendLimits{Chat: 1}}, ReferenceTTL: 3 * time.Second})
	first := w.control("GET", "/limits", "", http.StatusOK)
	w.control("PATCH", "/limits", `{"send":{"chat":0},"login":{"calls":5}}`, http.StatusOK)
	w.control("PATCH", "/settings", `{"reference_ttl":"9s"}`, http.StatusOK)
	w.control("POST", "/reset", "", http.StatusOK)
	if got := w.control("GET", "/limits", "", http.StatusOK); got != first || !strings.Contains(got, `"send":{"chat":1,"account":0}`) {
		t.Errorf("%s, at first %s", got, first)
	}
	for _, patch := range []string{"{}", `{"reference_ttl":"9s"}`, `{"reference_ttl":null}`} {
		want := `"reference_ttl":"3s"`
		if strings.Contains(patch, "9") {
			want = `"reference_ttl":"9s"`
		}
		if got := w.control("PATCH", "/settings", patch, http.StatusOK); !strings.Contains(got, want) {
			t.Errorf("%s: %s", patch, got)
		}
	}
}

// TestReferenceTTLOverKept: the option outweighs what an earlier run has kept.
func TestReferenceTTLOverKept(t *testing.T) {
	dir := t.TempDir()
	for _, run := range []struct{ option, want time.Duration }{{0, time.Hour}, {time.Minute, time.Minute}, {0, time.Minute}} {
		b := newBench(t, Options{Data: dir, ReferenceTTL: run.option})
		if got := time.Duration(b.currentSettings().ReferenceTTL); got != run.want {
			t.Errorf("option %v: %v", run.option, got)
		}
		if err := b.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLoginFlood: the limit is the bot's, whatever key asks, and its calls are
// counted as the bot's.
func TestLoginFlood(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now, Limits: Limits{Login: LoginLimit{Calls: 1, Per: span(time.Hour), Seconds: 60}}})
	login := func(bot int) string {
		c := w.client(0)
		return c.result(c.send(layered(228, &tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: w.world.bots()[bot].Token})))
	}
	for i, want := range []string{"ok", "FLOOD_WAIT_60", "FLOOD_WAIT_60"} {
		if got := login(0); got != want {
			t.Errorf("login %d: %s", i, got)
		}
	}
	if got := login(1); got != "ok" {
		t.Error(got)
	}
	clock.add(20 * time.Second)
	if got := login(0); got != "FLOOD_WAIT_40" {
		t.Error(got)
	}
	v := w.stats.view().Accounts[mainBot]
	if v.Floods != 1 || v.CallsWhileFlooded != 2 || v.Logins != 1 {
		t.Errorf("%+v", v.countView)
	}
}

func TestSendFlood(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now, Limits: Limits{Send: SendLimits{Chat: 1}}})
	must(w.world.send(person, mainBot, letter{Text: "hello"}))(t)
	c := w.client(mainBot)
	c.answer(c.send(layered(228, nearest)))
	random := int64(0)
	text := func(p tg.InputPeerClass) string {
		random++
		return c.result(c.send(&tg.MessagesSendMessageRequest{Peer: p, Message: "hi", RandomID: random}))
	}
	forward := func() string {
		random++
		return c.result(c.send(&tg.MessagesForwardMessagesRequest{FromPeer: toPerson(), ID: []int{1}, RandomID: []int64{random}, ToPeer: &tg.InputPeerChannel{ChannelID: channelID, AccessHash: w.world.accessHash(mainBot, "channel", channelID)}}))
	}
	for i, got := range []string{text(toPerson()), forward(), forward(), text(toPerson())} {
		if want := []string{"ok", "ok", "FLOOD_WAIT_1", "FLOOD_WAIT_1"}[i]; got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
	clock.add(time.Second)
	if got := forward(); got != "ok" {
		t.Error(got)
	}
}

// TestConnectionsPerAccount: one more than allowed hears −429 and is closed; the
// others, and other bots, go on, and a closed one makes room.
func TestConnectionsPerAccount(t *testing.T) {
	w := servedWith(t, Options{Limits: Limits{ConnectionsPerAccount: 2}})
	var list []*client
	for range 2 {
		c := w.client(mainBot)
		c.nearestDC(c.send(layered(228, nearest)))
		list = append(list, c)
	}
	over := w.client(mainBot)
	over.send(layered(228, nearest))
	if _, _, err := over.recv(); protocolCode(err) != 429 {
		t.Errorf("one too many hears %v", err)
	}
	if _, _, err := over.recv(); err == nil || protocolCode(err) != 0 {
		t.Errorf("one too many lives on: %v", err)
	}
	other := w.client(otherBot)
	other.nearestDC(other.send(layered(228, nearest)))
	list[0].nearestDC(list[0].send(nearest))
	v := w.stats.view()
	if n := v.Accounts[mainBot]; n.Connections != 2 || n.ConnectionsMax != 2 || n.Methods["help.getNearestDc"].Calls != 3 {
		t.Errorf("%+v", n)
	}
	_ = list[1].c.Close()
	w.until("a connection has gone", func() bool { return w.stats.view().Accounts[mainBot].Connections == 1 })
	again := w.client(mainBot)
	again.nearestDC(again.send(layered(228, nearest)))
}

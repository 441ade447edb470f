package fake

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gotd/td/tg"
)

// order posts a fault and gives its number.
func (w *wire) order(body string) int64 {
	w.t.Helper()
	var f struct{ ID int64 }
	if err := json.Unmarshal([]byte(w.control("POST", "/faults", body, http.StatusCreated)), &f); err != nil {
		w.t.Fatal(err)
	}
	return f.ID
}

// hits of a fault.
func (w *wire) hits(id int64) int64 {
	w.t.Helper()
	f, err := w.faults.one(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return f.Hits
}

// bytes is what a getFile gives.
func (c *client) bytes(query int64) []byte {
	c.t.Helper()
	_, b := c.answer(query)
	var f tg.UploadFile
	if err := f.Decode(b); err != nil {
		c.t.Fatal(err)
	}
	return f.Bytes
}

// ready is a client of the bot's that has said who it is.
func (w *wire) ready(account int64) *client {
	w.t.Helper()
	c := w.client(account)
	c.nearestDC(c.send(layered(228, nearest)))
	return c
}

var state = &tg.UpdatesGetStateRequest{}

// TestFaultTurns: which of ten calls a fault hits.
func TestFaultTurns(t *testing.T) {
	w := startWhole(t)
	c := w.ready(mainBot)
	for _, test := range []struct{ when, want string }{
		{`"count":1`, "x........."},
		{`"method":"*"`, "x........."},
		{`"count":3`, "xxx......."},
		{`"count":0`, "xxxxxxxxxx"},
		{`"nth":3`, "..x......."},
		{`"every":3`, "..x......."},
		{`"every":3,"count":0`, "..x..x..x."},
		{`"every":3,"count":2`, "..x..x...."},
		{`"probability":1,"count":2`, "xx........"},
		{`"account":7000002`, ".........."},
		{`"account":7000001,"dc":2,"place":1,"count":0`, "xxxxxxxxxx"},
		{`"dc":4`, ".........."},
		{`"place":2`, ".........."},
		{`"auth_key_id":"` + hexID(c.key.IntID()) + `","session_id":"` + hexID(c.session) + `"`, "x........."},
		{`"auth_key_id":"0000000000000001"`, ".........."},
		{`"session_id":"0000000000000001"`, ".........."},
		{`"connection":1`, "x........."},
		{`"connection":9`, ".........."},
		{`"method":"help.getConfig"`, ".........."},
	} {
		body := `{"method":"updates.getState",` + test.when + `,"do":{"error":{"code":500,"message":"RPC_CALL_FAIL"}}}`
		if strings.Contains(test.when, "method") {
			body = `{` + test.when + `,"do":{"error":{"code":500,"message":"RPC_CALL_FAIL"}}}`
		}
		id := w.order(body)
		got := ""
		for range 10 {
			switch r := c.result(c.send(state)); r {
			case "ok":
				got += "."
			case "RPC_CALL_FAIL":
				got += "x"
			default:
				got += r
			}
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.when, got, test.want)
		}
		if n := w.hits(id); n != int64(strings.Count(test.want, "x")) {
			t.Errorf("%s: %d hits", test.when, n)
		}
		w.control("DELETE", "/faults/"+strconv.FormatInt(id, 10), "", http.StatusOK)
	}
}

// TestFaultsInTurn: the oldest acts, and each counts what fits it.
func TestFaultsInTurn(t *testing.T) {
	w := startWhole(t)
	c := w.ready(mainBot)
	first := w.order(`{"method":"updates.getState","nth":2,"do":{"error":{"code":500,"message":"FIRST"}}}`)
	second := w.order(`{"method":"*","every":2,"count":0,"do":{"error":{"code":500,"message":"SECOND"}}}`)
	var got []string
	for range 4 {
		got = append(got, c.result(c.send(state)))
	}
	if s := strings.Join(got, " "); s != "ok FIRST ok SECOND" || w.hits(first) != 1 || w.hits(second) != 1 {
		t.Errorf("%s, %d and %d hits", s, w.hits(first), w.hits(second))
	}
	if w.order(`{"method":"*","do":{}}`) <= second {
		t.Error("a number was given again")
	}
	w.control("DELETE", "/faults", "", http.StatusOK)
	if s := w.control("GET", "/faults", "", http.StatusOK); s != `{"faults":[]}` {
		t.Error(s)
	}
}

// TestFaultForATime: it is over when its time is.
func TestFaultForATime(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	c := w.ready(mainBot)
	w.order(`{"method":"*","count":0,"for":"5s","do":{"error":{"code":500,"message":"FAIL"}}}`)
	for _, want := range []string{"FAIL", "FAIL", "ok"} {
		if got := c.result(c.send(state)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		clock.add(2500 * time.Millisecond)
	}
}

// TestFaultOfAFile: document and offset choose the call, short and long its bytes.
func TestFaultOfAFile(t *testing.T) {
	w := servedWith(t, Options{})
	file, other := w.posted(mainBot, 2, 100_000), w.posted(mainBot, 2, 100_000)
	c := w.ready(mainBot)
	ask := func(r *tg.UploadGetFileRequest, offset int64) []byte {
		q := *r
		q.Offset = offset
		return c.bytes(c.send(&q))
	}
	right := ask(file, 4096)
	id := strconv.FormatInt(file.Location.(*tg.InputDocumentFileLocation).ID, 10)
	short := w.order(`{"method":"upload.getFile","document_id":"` + id + `","offset":[4096,8192],"count":2,"do":{"short":1000}}`)
	if n := len(ask(file, 0)); n != 4096 {
		t.Errorf("before the range: %d", n)
	}
	if n := len(ask(other, 4096)); n != 4096 {
		t.Errorf("another file: %d", n)
	}
	if b := ask(file, 4096); len(b) != 3096 || !bytes.Equal(b, right[:3096]) {
		t.Errorf("short: %d bytes", len(b))
	}
	if n := len(ask(file, 8192)); n != 3096 {
		t.Errorf("short at the end of the range: %d", n)
	}
	w.order(`{"method":"upload.getFile","do":{"short":5000}}`)
	if n := len(ask(file, 4096)); n != 0 {
		t.Errorf("all of it cut off: %d", n)
	}
	w.order(`{"method":"upload.getFile","do":{"long":513}}`)
	if b := ask(file, 4096); len(b) != 4096+513 || !bytes.Equal(b[:4096], right) {
		t.Errorf("long: %d bytes", len(b))
	}
	if v := w.stats.view().Accounts[mainBot].Methods["upload.getFile"]; v.OK != 7 || v.Bytes != 3*4096+2*3096+4096+513 {
		t.Errorf("%+v", v)
	}
	if w.hits(short) != 2 {
		t.Errorf("%d hits", w.hits(short))
	}

	w.order(`{"method":"upload.getFile","do":{"cdn_redirect":true}}`)
	_, b := c.answer(c.send(file))
	var r tg.UploadFileCDNRedirect
	if err := r.Decode(b); err != nil {
		t.Error(err)
	}
}

// TestFaultExecuted: with it the call takes effect though its answer suffers,
// without it it does not; the log says which fault it was.
func TestFaultExecuted(t *testing.T) {
	w := servedWith(t, Options{})
	must(w.world.send(person, mainBot, letter{Text: "hello"}))(t)
	c := w.ready(mainBot)
	say := func(random int64) string {
		return c.result(c.send(&tg.MessagesSendMessageRequest{Peer: toPerson(), Message: "hi", RandomID: random}))
	}
	for i, test := range []struct{ executed, again string }{{"false", "ok"}, {"true", "RANDOM_ID_DUPLICATE"}} {
		id := w.order(`{"method":"messages.sendMessage","executed":` + test.executed + `,"do":{"error":{"code":500,"message":"TIMEOUT"}}}`)
		before, _, _, _ := w.calls.list(callFilter{}, 0, maxLimit)
		if got := say(int64(i + 1)); got != "TIMEOUT" {
			t.Error(got)
		}
		if got := say(int64(i + 1)); got != test.again {
			t.Errorf("executed %s: %s", test.executed, got)
		}
		list, _, _, _ := w.calls.list(callFilter{}, int64(len(before)), maxLimit)
		if len(list) != 2 || list[0].Fault != id || list[0].Result != "TIMEOUT" || list[1].Fault != 0 || list[1].Result != test.again {
			t.Errorf("log %+v", list)
		}
	}
	if got := w.stats.view().Accounts[mainBot].Methods["messages.sendMessage"]; got.Calls != 4 || got.OK != 1 || got.Errors["TIMEOUT"] != 2 {
		t.Errorf("%+v", got)
	}
}

// TestFaultFlood: the error's method and account flood for as long as it says.
func TestFaultFlood(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	c, d := w.ready(mainBot), w.ready(otherBot)
	fault := w.order(`{"method":"updates.getState","account":7000001,"do":{"error":{"code":420,"message":"FLOOD_WAIT_30"}}}`)
	check := func(want string) {
		t.Helper()
		if got := c.result(c.send(state)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	check("FLOOD_WAIT_30")
	clock.add(10 * time.Second)
	check("FLOOD_WAIT_20")
	c.nearestDC(c.send(nearest))
	if got := d.result(d.send(state)); got != "ok" {
		t.Error(got)
	}
	w.control("DELETE", "/faults", "", http.StatusOK)
	check("FLOOD_WAIT_20")
	clock.add(20 * time.Second)
	check("ok")
	v := w.stats.view().Accounts[mainBot]
	if v.Floods != 1 || v.CallsWhileFlooded != 2 || v.Methods["updates.getState"].Errors["FLOOD_WAIT"] != 3 {
		t.Errorf("%+v", v)
	}
	if list, _, _, _ := w.calls.list(callFilter{Account: mainBot, Method: "updates.getState"}, 0, maxLimit); list[0].Fault != fault || list[1].Fault != 0 {
		t.Errorf("%+v", list)
	}
}

// TestFaultDelay: {} changes nothing but, with a delay, the time.
func TestFaultDelay(t *testing.T) {
	w := startWhole(t)
	c := w.ready(mainBot)
	w.order(`{"method":"updates.getState","count":2,"do":{"delay":"30ms"}}`)
	w.order(`{"method":"updates.getState","do":{}}`)
	for range 3 {
		if got := c.result(c.send(state)); got != "ok" {
			t.Error(got)
		}
	}
	list, _, _, _ := w.calls.list(callFilter{Method: "updates.getState"}, 0, maxLimit)
	for i, e := range list {
		if slow := time.Duration(e.Took) >= 30*time.Millisecond; slow != (i < 2) || e.Result != "ok" || e.Fault == 0 {
			t.Errorf("call %d: %+v", i, e)
		}
	}
}

func TestFaultsAreChecked(t *testing.T) {
	w := servedWith(t, Options{})
	const e = `"do":{"error":{"code":500,"message":"FAIL"}}`
	for _, bad := range []string{
		`{}`, `{"method":"*"}`, `{` + e + `}`, `{"method":"upload.getfile",` + e + `}`, `{"method":"*","user":1,` + e + `}`, `{"method":"*","do":{"burn":true}}`,
		`{"method":"*","nth":1,"every":2,` + e + `}`, `{"method":"*","nth":1,"probability":0.5,` + e + `}`, `{"method":"*","every":1,"probability":0.5,` + e + `}`,
		`{"method":"*","nth":-1,` + e + `}`, `{"method":"*","nth":2,"count":2,` + e + `}`, `{"method":"*","count":-1,` + e + `}`,
		`{"method":"*","probability":0,` + e + `}`, `{"method":"*","probability":2,` + e + `}`, `{"method":"*","for":"-1s",` + e + `}`,
		`{"method":"*","do":{"drop":true,"reset":true}}`, `{"method":"*","do":{"drop":false}}`, `{"method":"*","do":{"short":1}}`,
		`{"method":"updates.getState","do":{"long":1}}`, `{"method":"upload.getFile","do":{"short":0}}`, `{"method":"updates.getState","offset":[0,1],` + e + `}`,
		`{"method":"upload.getFile","offset":[1],` + e + `}`, `{"method":"upload.getFile","offset":[2,1],` + e + `}`, `{"method":"upload.getFile","document_id":5,` + e + `}`,
		`{"method":"*","do":{"error":{"code":0,"message":"FAIL"}}}`, `{"method":"*","do":{"error":{"code":500,"message":"fail"}}}`, `{"method":"*","do":{"stall":"0s"}}`,
		`{"method":"*","do":{"transport":429}}`, `{"method":"*","do":{"reset_after":-1}}`, `{"method":"*","do":{"delay":"-1s"}}`,
		`{"method":"ping","do":{"twice":true}}`, `{"method":"ping","do":{"drop":true,"delay":"1s"}}`, `{"method":"ping","do":{}}`,
	} {
		w.control("POST", "/faults", bad, http.StatusBadRequest)
	}
	if n := len(w.faults.all()); n != 0 {
		t.Errorf("%d faults", n)
	}
	const whole = `{"method":"*","account":7000001,"document_id":"5","offset":[0,9],"every":2,"count":1,"for":"2s","executed":true,"do":{"error":{"code":500,"message":"FAIL"},"delay":"1s"}}`
	want := `{"id":1,"hits":0,` + whole[1:]
	if got := w.control("POST", "/faults", strings.Replace(whole, `"count":1,`, "", 1), http.StatusCreated); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := w.control("GET", "/faults/1", "", http.StatusOK); got != want {
		t.Error(got)
	}
	if got := w.control("GET", "/faults", "", http.StatusOK); got != `{"faults":[`+want+`]}` {
		t.Error(got)
	}
	w.control("DELETE", "/faults/1", "", http.StatusOK)
	w.control("DELETE", "/faults/1", "", http.StatusNotFound)
	w.control("GET", "/faults/1", "", http.StatusNotFound)
	w.control("GET", "/faults/x", "", http.StatusNotFound)
	w.order(`{"method":"*","do":{}}`)
	w.control("POST", "/reset", "", http.StatusOK)
	if n := len(w.faults.all()); n != 0 {
		t.Errorf("%d faults after a reset", n)
	}
}

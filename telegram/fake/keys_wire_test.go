package fake

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
)

// beside is another connection and session of a client's key.
func (w *wire) beside(c *client) *client {
	w.t.Helper()
	return newClient(w.t, w.framed(2, gotdcodec.Intermediate{}), c.key, c.salt)
}

// transportError is what the server says of the frames of a client.
func (c *client) transportError() int32 {
	c.t.Helper()
	c.send(state)
	for {
		if _, _, err := c.recv(); err != nil {
			return protocolCode(err)
		}
	}
}

// ended says that the server has closed the connection.
func (c *client) ended() bool {
	c.t.Helper()
	_, _, err := c.recv()
	return err != nil && protocolCode(err) == 0
}

// TestKeysByFilter: which of three keys a filter means.
func TestKeysByFilter(t *testing.T) {
	for _, test := range []struct {
		filter string
		want   int
	}{
		{`{}`, 3}, {`{"account":7000001}`, 2}, {`{"account":7000001,"dc":4}`, 1}, {`{"dc":2}`, 2}, {`{"place":1}`, 2}, {`{"place":2}`, 0},
		{`{"auth_key_id":"KEY"}`, 1}, {`{"session_id":"SESSION"}`, 1}, {`{"connection":2}`, 1}, {`{"connection":2,"account":7000001}`, 0}, {`{"account":7000003}`, 0},
	} {
		w := startWhole(t)
		a, b := w.ready(mainBot), w.ready(otherBot) // connections 1 and 2
		must(w.ring.made(4, mainBot))(t)
		body := strings.NewReplacer("KEY", hexID(a.key.IntID()), "SESSION", hexID(b.session)).Replace(test.filter)
		if got := w.control("POST", "/keys/drop", body, http.StatusOK); got != `{"dropped":`+strconv.Itoa(test.want)+`}` || len(w.ring.all()) != 3-test.want {
			t.Errorf("%s: %s, %d keys are left", test.filter, got, len(w.ring.all()))
		}
	}
}

// TestDroppedKey: all that use it hear −404, and each time.
func TestDroppedKey(t *testing.T) {
	w := servedWith(t, Options{})
	c := w.ready(mainBot)
	d, other := w.beside(c), w.ready(mainBot)
	d.nearestDC(d.send(nearest))
	w.control("POST", "/keys/drop", `{"auth_key_id":"`+hexID(c.key.IntID())+`"}`, http.StatusOK)
	for i, x := range []*client{c, c, d, w.beside(c)} {
		if code := x.transportError(); code != 404 {
			t.Errorf("%d: %d", i, code)
		}
	}
	other.nearestDC(other.send(nearest))
	if _, err := w.world.send(person, mainBot, letter{Text: "secret"}); err != nil {
		t.Fatal(err)
	}
	if code := c.transportError(); code != 404 {
		t.Errorf("after an update: %d", code)
	}
}

// TestRevokedSessions: every query fails so until a new login, but for those that
// lead to one; nothing is told of updates.
func TestRevokedSessions(t *testing.T) {
	w := servedWith(t, Options{})
	login := &tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: w.world.bots()[0].Token}
	other := w.ready(otherBot)
	for _, text := range revocations {
		c := w.ready(mainBot)
		w.control("POST", "/sessions/revoke", `{"session_id":"`+hexID(c.session)+`","error":"`+text+`"}`, http.StatusOK)
		must(w.world.send(person, mainBot, letter{Text: "secret"}))(t)
		for range 2 {
			if got := c.result(c.send(state)); got != text {
				t.Errorf("%s, want %s", got, text)
			}
		}
		c.silent(config)
		if got := c.result(c.send(login)); got != "ok" {
			t.Error(got)
		}
		if got := c.result(c.send(state)); got != "ok" {
			t.Errorf("after a login %s", got)
		}
		if got := w.stats.view().Accounts[0].Methods["updates.getState"].Errors[text]; got != 2 {
			t.Errorf("%s: %d", text, got)
		}
	}
	if got := other.result(other.send(state)); got != "ok" {
		t.Error(got)
	}
	w.control("POST", "/sessions/revoke", `{"error":"AUTH_KEY_DUPLICATED"}`, http.StatusBadRequest)
	w.control("POST", "/sessions/revoke", `{}`, http.StatusBadRequest)
}

// TestDuplicatedKey: the connections that it is open on hear so at their next call,
// whatever it is, and are closed; then nobody knows the key.
func TestDuplicatedKey(t *testing.T) {
	for name, provoke := range map[string]func(w *wire, c *client){
		"by the control API": func(w *wire, c *client) {
			key := `{"auth_key_id":"` + hexID(c.key.IntID()) + `"}`
			for _, want := range []string{`{"duplicated":1}`, `{"duplicated":0}`} {
				if got := w.control("POST", "/keys/duplicate", key, http.StatusOK); got != want {
					t.Error(got)
				}
			}
			if got := c.result(c.send(state)); got != "AUTH_KEY_DUPLICATED" {
				t.Error(got)
			}
		},
		"by a fault": func(w *wire, c *client) {
			w.order(`{"method":"updates.getState","do":{"error":{"code":406,"message":"AUTH_KEY_DUPLICATED"}}}`)
			if got := c.result(c.send(state)); got != "AUTH_KEY_DUPLICATED" {
				t.Error(got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := servedWith(t, Options{})
			c := w.ready(mainBot)
			d, other := w.beside(c), w.ready(mainBot)
			d.nearestDC(d.send(nearest))
			provoke(w, c)
			if got := d.result(d.send(config)); got != "AUTH_KEY_DUPLICATED" {
				t.Errorf("the second connection: %s", got)
			}
			if !c.ended() || !d.ended() {
				t.Error("a connection lives on")
			}
			if code := w.beside(c).transportError(); code != 404 {
				t.Errorf("a new connection hears %d", code)
			}
			other.nearestDC(other.send(nearest))

			v := w.stats.view()
			if n := v.Accounts[mainBot].KeysDuplicated; n != 1 || v.Totals.KeysDuplicated != 1 {
				t.Errorf("%d keys, in all %d", n, v.Totals.KeysDuplicated)
			}
			closed := false
			w.until("both are closed", func() bool { return len(w.sessionLog.list(mainBot, &closed)) == 2 })
			for _, s := range w.sessionLog.list(mainBot, &closed) {
				if s.ClosedBy != "duplicate" {
					t.Errorf("closed by %s", s.ClosedBy)
				}
			}
		})
	}
}

// TestLoginByADeadKey: a login that was on its way when its key ended logs nobody in.
func TestLoginByADeadKey(t *testing.T) {
	w := servedWith(t, Options{})
	k := must(w.ring.made(2, 0))(t)
	w.ring.drop(k)
	k.login(mainBot)
	if n := len(w.ring.of(mainBot)); n != 0 || k.account() != 0 {
		t.Errorf("%d keys, account %d", n, k.account())
	}
}

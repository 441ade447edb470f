package fake

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/tg"
)

// at makes the client's next msg_ids as if it were d later, in a session of its own:
// they may go back.
func (c *client) at(clock *steps, d time.Duration) {
	c.session++
	c.seq = 0
	c.ids = proto.NewMessageIDGen(func() time.Time { return clock.now().Add(d) })
}

// TestClock: what the clients are told follows the skewed clock, and so does what
// is expected of them; the logs and floods do not.
func TestClock(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	c := w.ready(mainBot)
	const skew = -5 * time.Hour
	want, _ := json.Marshal(clockView{stamp{clock.now().Add(skew)}, span(skew)})
	if got := w.control("PUT", "/clock", `{"skew":"-5h"}`, http.StatusOK); got != string(want) {
		t.Errorf("%s, want %s", got, want)
	}
	if got := w.control("GET", "/clock", "", http.StatusOK); got != string(want) {
		t.Error(got)
	}

	id := c.send(nearest)
	if got, code := c.refusal(); got != id || code != 17 {
		t.Errorf("code %d", code)
	}
	c.at(clock, skew)
	c.send(nearest)
	var salt mt.BadServerSalt
	if m := proto.MessageID(c.expect(&salt)); m.Time().Sub(clock.now().Add(skew)).Abs() > time.Second {
		t.Errorf("msg_id of %v", m.Time())
	}
	if salt.NewServerSalt == c.salt {
		t.Error("the salt has stayed")
	}
	c.salt = salt.NewServerSalt
	_, b := c.answer(c.send(state))
	var s tg.UpdatesState
	if err := s.Decode(b); err != nil || int64(s.Date) != clock.now().Add(skew).Unix() {
		t.Errorf("date %d, %v", s.Date, err)
	}

	for skew, code := range map[time.Duration]int{-301 * time.Second: 16, -299 * time.Second: 0, 29 * time.Second: 0, 31 * time.Second: 17} {
		d := w.client(mainBot)
		d.at(clock, -5*time.Hour+skew)
		d.salt = w.ring.find(2, d.key.ID).salt(w.clock.now())
		id := d.send(nearest)
		if code == 0 {
			d.failure(id) // CONNECTION_NOT_INITED: it was taken
		} else if got, n := d.refusal(); got != id || n != code {
			t.Errorf("%v off: code %d, want %d", skew, n, code)
		}
	}
	list, _, _, _ := w.calls.list(callFilter{Method: "updates.getState"}, 0, maxLimit)
	if !list[0].Date.Equal(clock.now()) {
		t.Errorf("logged at %v", list[0].Date)
	}
	if open := w.sessionLog.list(mainBot, nil); !open[len(open)-1].Opened.Equal(clock.now()) {
		t.Errorf("opened at %v", open[len(open)-1].Opened)
	}
	w.control("POST", "/reset", "", http.StatusOK)
	if got := w.clock.now(); !got.Equal(clock.now()) {
		t.Errorf("after a reset %v", got)
	}
}

// TestClockOfReferences: one that was issued by another clock may be over.
func TestClockOfReferences(t *testing.T) {
	clock := newSteps()
	w := servedWith(t, Options{Now: clock.now})
	file := w.posted(mainBot, 2, 5000)
	c := w.ready(mainBot)
	for _, step := range []struct{ skew, want string }{{"0s", "ok"}, {"59m", "ok"}, {"60m", "FILE_REFERENCE_EXPIRED"}, {"0s", "ok"}} {
		w.control("PUT", "/clock", `{"skew":"`+step.skew+`"}`, http.StatusOK)
		d, _ := time.ParseDuration(step.skew)
		c.at(clock, d)
		c.salt = w.ring.find(2, c.key.ID).salt(w.clock.now())
		if got := c.result(c.send(file)); got != step.want {
			t.Errorf("%s: %s", step.skew, got)
		}
	}
	for _, bad := range []string{`{}`, `{"skew":"soon"}`, `{"skew":"9000h"}`, `{"skew":"-9000h"}`, `{"time":"1s"}`} {
		w.control("PUT", "/clock", bad, http.StatusBadRequest)
	}
}

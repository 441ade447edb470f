package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

type code struct {
	Code       string
	DeviceCode *string `json:"device_code"`
	ExpiresIn  int     `json:"expires_in"`
	Interval   int
	Match      *string
	Link       *string
}

// tap is the bot: the user tells it a code, and answers its question; match 0 is
// the number that the device shows.
func (w *world) tap(user teleplay.User, code string, match int) {
	w.t.Helper()
	c, err := w.db.ClaimCode(w.t.Context(), code, user.ID)
	fatal(w.t, err)
	if match == 0 {
		match = c.Match
	}
	_, err = w.db.AnswerCode(w.t.Context(), c.ID, user.ID, match)
	fatal(w.t, err)
}

const (
	generate = "/api/auth/code/generate"
	verify   = "/api/auth/code/verify"
)

func TestLoginByDeviceCode(t *testing.T) {
	w := newWorld(t)
	c := decode[code](t, w.want(200, call{method: "POST", path: generate, body: map[string]any{"device_name": "Living-room\u202e TV\n", "client": "tv"}}))
	if len(c.Code) != 6 || c.DeviceCode == nil || len(*c.DeviceCode) < 43 || c.Match == nil || len(*c.Match) != 2 || c.ExpiresIn < 590 || c.Interval != 5 {
		t.Fatalf("odd code %+v", c)
	}
	if c.Link == nil || *c.Link != "https://t.me/judge_bot?start="+c.Code {
		t.Errorf("link is %v", c.Link)
	}
	ask := call{method: "POST", path: verify, body: map[string]any{"device_code": *c.DeviceCode, "wait": 20}}
	now := ask
	now.body = map[string]any{"device_code": *c.DeviceCode, "wait": 0.01}
	if a := w.want(202, now); !strings.Contains(string(a.body), `"pending"`) {
		t.Errorf("pending is %s", a.body)
	}
	// A device's code is never served to the bare code.
	w.fails(404, "authorization_pending", call{method: "POST", path: verify, body: map[string]any{"code": c.Code}})

	w.clock.advance(5 * time.Second) // the interval
	held := make(chan answer, 1)
	go func() { held <- w.do(ask) }()
	claimed, err := w.db.ClaimCode(t.Context(), c.Code, w.ada.ID)
	fatal(t, err)
	if claimed.DeviceName != "Living-room TV" || fmt.Sprint(claimed.Match) != *c.Match {
		t.Errorf("the bot shows %q and %d", claimed.DeviceName, claimed.Match)
	}
	_, err = w.db.AnswerCode(t.Context(), claimed.ID, w.ada.ID, claimed.Match)
	fatal(t, err)
	tapped := time.Now()
	a := <-held
	if a.StatusCode != 200 || time.Since(tapped) > 500*time.Millisecond {
		t.Fatalf("got %d after %v: %s", a.StatusCode, time.Since(tapped), a.body)
	}
	l := decode[login](t, a)
	if l.User.ID != w.ada.ID {
		t.Errorf("logged in as %d, want %d", l.User.ID, w.ada.ID)
	}
	w.want(200, call{method: "GET", path: "/api/auth/me", token: l.AccessToken})
	w.clock.advance(5 * time.Second)
	w.fails(410, "code_expired", ask) // one use
	s, err := w.db.Session(t.Context(), l.SessionID)
	fatal(t, err)
	if s.DeviceName != "Living-room TV" || s.Client != "tv" || s.Kind != teleplay.DeviceCode || s.Address != "127.0.0.1" {
		t.Errorf("session is %+v", s)
	}
}

func TestLoginByBareCode(t *testing.T) {
	w := newWorld(t)
	tv := http.Header{"User-Agent": {"OldTV/1.0"}}
	for _, names := range [][2]string{{generate, verify}, {"/api/auth/generate-code", "/api/auth/verify-code"}} {
		// Old apps send neither a body nor a Content-Type, and a dead Bearer.
		c := decode[code](t, w.want(200, call{method: "POST", path: names[0], token: "dead.dead.dead", header: tv}))
		if c.DeviceCode != nil || c.Match != nil || c.ExpiresIn > 300 || c.ExpiresIn < 290 {
			t.Fatalf("odd code %+v", c)
		}
		ask := call{method: "POST", path: names[1], body: map[string]any{"code": c.Code}, token: "dead.dead.dead", header: tv}
		unclaimed := w.fails(404, "authorization_pending", ask)
		unknown := ask
		unknown.body = map[string]any{"code": "000001"}
		if got := w.fails(404, "authorization_pending", unknown); without(got) != without(unclaimed) {
			t.Errorf("unknown and unclaimed differ: %s %s", got.body, unclaimed.body)
		}
		waiting := ask
		waiting.body = map[string]any{"code": c.Code, "wait": 0}
		w.want(202, waiting)
		w.tap(w.ada, c.Code, 0)
		stranger := ask
		stranger.header = http.Header{"User-Agent": {"Other/1.0"}}
		w.fails(404, "authorization_pending", stranger) // another User-Agent
		if l := decode[login](t, w.want(200, ask)); l.User.ID != w.ada.ID {
			t.Errorf("logged in as %d", l.User.ID)
		}
		w.fails(410, "code_expired", ask)
	}
}

func TestRefusedCode(t *testing.T) {
	w := newWorld(t)
	for name, match := range map[string]int{"not me": -1, "wrong number": 9} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := decode[code](t, w.want(200, call{method: "POST", path: generate, body: map[string]any{"device_name": "x"}}))
			w.tap(w.ada, c.Code, match)
			// That address makes no code for 10 minutes, whether the device asks or not.
			a := w.fails(429, "rate_limited", call{method: "POST", path: generate, body: map[string]any{"device_name": "x"}})
			if a.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			w.fails(410, "access_denied", call{method: "POST", path: verify, body: map[string]any{"device_code": *c.DeviceCode, "wait": 1}})
			w.clock.advance(10*time.Minute + time.Second)
			w.want(200, call{method: "POST", path: generate, body: map[string]any{"device_name": "x"}})
		})
	}
	c := decode[code](t, w.want(200, call{method: "POST", path: generate}))
	w.tap(w.ada, c.Code, -1)
	w.fails(410, "access_denied", call{method: "POST", path: verify, body: map[string]any{"code": c.Code}})
}

func TestExpiredCode(t *testing.T) {
	w := newWorld(t)
	device := decode[code](t, w.want(200, call{method: "POST", path: generate, body: map[string]any{"device_name": "x"}}))
	bare := decode[code](t, w.want(200, call{method: "POST", path: generate}))
	w.clock.advance(10*time.Minute + time.Second)
	w.fails(410, "code_expired", call{method: "POST", path: verify, body: map[string]any{"device_code": *device.DeviceCode}})
	w.fails(410, "code_expired", call{method: "POST", path: verify, body: map[string]any{"code": bare.Code}})
	w.fails(404, "not_found", call{method: "POST", path: verify, body: map[string]any{"device_code": "unknown"}})
}

func TestPollsThatComeTooFast(t *testing.T) {
	w := newWorld(t)
	c := decode[code](t, w.want(200, call{method: "POST", path: generate, body: map[string]any{"device_name": "x"}}))
	ask := call{method: "POST", path: verify, body: map[string]any{"device_code": *c.DeviceCode}}
	w.want(202, ask)
	a := w.fails(429, "slow_down", ask)
	if a.Header.Get("Retry-After") != "10" {
		t.Errorf("Retry-After is %q, want the interval and 5 s", a.Header.Get("Retry-After"))
	}
	// The device is told the interval in force, and who keeps it is never refused.
	for range 3 {
		w.clock.advance(10 * time.Second)
		if a := w.want(202, ask); !strings.Contains(string(a.body), `"interval":10`) {
			t.Errorf("told %s", a.body)
		}
	}
	// A short hold is a poll like any other.
	ask.body = map[string]any{"device_code": *c.DeviceCode, "wait": 0.000001}
	w.fails(429, "slow_down", ask)
}

func TestWebLink(t *testing.T) {
	w := newWorld(t)
	key := w.key(w.ada)
	link := func(body map[string]any) call { return call{method: "POST", path: "/api/auth/web-link", body: body} }
	for range 2 { // a look spends nothing
		a := w.want(200, link(map[string]any{"key": key, "peek": true}))
		if strings.Contains(string(a.body), "token") || len(a.Cookies()) > 0 {
			t.Fatalf("a look logs in: %s", a.body)
		}
	}
	w.want(200, link(map[string]any{"key": key}))
	w.fails(410, "code_expired", link(map[string]any{"key": key}))
	w.fails(410, "code_expired", link(map[string]any{"key": key, "peek": true}))
	w.fails(410, "code_expired", link(map[string]any{"key": "made up"}))
	w.fails(422, "invalid", link(map[string]any{}))
	late := w.key(w.ada)
	w.clock.advance(61 * time.Second)
	w.fails(410, "code_expired", link(map[string]any{"key": late}))
}

// A bot that nobody knows yet holds nobody up: its name is missing, the code is
// good.
func TestBotInfo(t *testing.T) {
	var known atomic.Bool
	w := newWorld(t, func(o *api.Options) {
		o.Bot = func() (teleplay.Person, bool) { return teleplay.Person{Username: "judge_bot"}, known.Load() }
	})
	w.fails(503, "upstream_busy", call{method: "GET", path: "/api/auth/bot-info"})
	if c := decode[code](t, w.want(200, call{method: "POST", path: generate})); c.Link != nil {
		t.Errorf("a link to nobody: %s", *c.Link)
	}
	known.Store(true)
	w.want(200, call{method: "GET", path: "/api/auth/bot-info"})
	w.want(200, call{method: "GET", path: "/api/auth/bot/info"})
	if c := decode[code](t, w.want(200, call{method: "POST", path: generate})); c.Link == nil {
		t.Error("no link to the bot")
	}
}

// Only listed people get in, and those who were let in before are out.
func TestAuthUsers(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.AuthUsers = []int64{700000001} })
	l := w.login(w.ada)
	if !l.User.Admin {
		t.Error("the first of AUTH_USERS is no admin")
	}
	w.fails(410, "access_denied", call{method: "POST", path: "/api/auth/web-link", body: map[string]any{"key": w.key(w.bob)}})
	w.fails(410, "access_denied", call{method: "POST", path: "/api/auth/web-link", body: map[string]any{"key": w.key(w.bob), "peek": true}})
	c := decode[code](t, w.want(200, call{method: "POST", path: generate}))
	w.tap(w.bob, c.Code, 0)
	w.fails(410, "access_denied", call{method: "POST", path: verify, body: map[string]any{"code": c.Code}})
}

// without is an answer's body but for what differs in each.
func without(a answer) string {
	i := strings.Index(string(a.body), `"request_id"`)
	if i < 0 {
		return string(a.body)
	}
	return string(a.body[:i])
}

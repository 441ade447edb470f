package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// from is the header of a request that comes through the trusted proxy.
func from(address string) http.Header { return http.Header{"X-Forwarded-For": {address}} }

func proxied(change func(*api.Limits)) func(*api.Options) {
	return func(o *api.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
		change(&o.Limits)
	}
}

// spend calls n times and wants every answer but the last ones to be what status
// says, and 429 with Retry-After from then on.
func (w *world) spend(n, status int, c call) {
	w.t.Helper()
	for range n {
		w.want(status, c)
	}
	a := w.fails(429, "rate_limited", c)
	if a.Header.Get("Retry-After") == "" {
		w.t.Error("no Retry-After")
	}
}

func TestLimits(t *testing.T) {
	w := newWorld(t, proxied(func(l *api.Limits) {
		*l = api.Limits{Codes: 3, Verify: 8, WrongCodes: 4, Calls: 60, CallBurst: 5, Anonymous: 40, Thumbs: 60, ThumbBurst: 6, Misses: 7}
	}))
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 10})
	fatal(t, w.db.SetThumb(t.Context(), f.ID, teleplay.Thumb{ETag: "a", Bytes: []byte("x")}))

	w.spend(3, 200, call{method: "POST", path: generate, header: from("203.0.113.1")})
	w.want(200, call{method: "POST", path: generate, header: from("203.0.113.2")})
	// A household has a whole /64.
	for i := range 3 {
		w.want(200, call{method: "POST", path: generate, header: from(fmt.Sprintf("2001:db8:1:2::%d", i+1))})
	}
	w.fails(429, "rate_limited", call{method: "POST", path: generate, header: from("2001:db8:1:2:ffff::9")})
	w.want(200, call{method: "POST", path: generate, header: from("2001:db8:1:3::1")})

	// A dead code polled for ever is one guess.
	dead := call{method: "POST", path: verify, body: map[string]any{"code": "000000"}, header: from("203.0.113.3")}
	w.spend(8, 404, dead)
	// Distinct ones are not.
	for i := range 4 {
		w.want(404, call{method: "POST", path: verify, body: map[string]any{"code": fmt.Sprintf("00000%d", i)}, header: from("203.0.113.4")})
	}
	w.want(404, call{method: "POST", path: verify, body: map[string]any{"code": "000001"}, header: from("203.0.113.4")})
	w.want(404, call{method: "POST", path: verify, body: map[string]any{"code": "0000"}, header: from("203.0.113.5")}) // half typed
	w.fails(429, "rate_limited", call{method: "POST", path: verify, body: map[string]any{"code": "000009"}, header: from("203.0.113.4")})
	w.clock.advance(11 * time.Minute)
	w.want(404, call{method: "POST", path: verify, body: map[string]any{"code": "000009"}, header: from("203.0.113.4")})

	w.spend(5, 200, call{method: "GET", path: "/api/auth/me", token: token})
	w.spend(6, 200, call{method: "GET", path: fmt.Sprintf("/api/thumbnail/%d", f.ID), token: token})
	for range 20 { // media have no limit of calls
		w.want(200, call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token})
	}
	w.spend(40, 200, call{method: "GET", path: "/api/auth/bot-info", header: from("203.0.113.6")})
	w.want(200, call{method: "GET", path: "/health", header: from("203.0.113.6")}) // probes go on

	w.spend(7, 401, call{method: "GET", path: "/api/auth/me", header: from("203.0.113.7")})
	// A token of ours that has ended is no guess: its holder is told, or would never
	// refresh.
	ended := w.login(w.bob).AccessToken
	w.want(200, call{method: "POST", path: "/api/auth/logout", token: ended})
	for range 10 {
		w.fails(401, "session_revoked", call{method: "GET", path: "/api/auth/me", token: ended, header: from("203.0.113.7")})
	}
	// The household's good logins go on behind the same address.
	w.want(200, call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token, header: from("203.0.113.7")})
	w.spend(7, 404, call{method: "GET", path: "/api/stream/2147483000", token: token, header: from("203.0.113.8")})
	for range 6 { // pictures that are not there do not count
		w.clock.advance(time.Second)
		w.want(404, call{method: "GET", path: "/api/thumbnail/2147483000", token: token, header: from("203.0.113.9")})
	}
}

func TestLimitsCanBeLifted(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits = api.Limits{Off: true, Calls: 1, CallBurst: 1, Anonymous: 1} })
	token := w.login(w.ada).AccessToken
	for range 20 {
		w.want(200, call{method: "GET", path: "/api/auth/me", token: token})
		w.want(200, call{method: "GET", path: "/health"})
	}
}

// The hops that a client can write count for nothing.
func TestClientAddress(t *testing.T) {
	w := newWorld(t, proxied(func(*api.Limits) {}))
	for forwarded, want := range map[string]string{
		"203.0.113.7":                         "203.0.113.7",
		"198.51.100.1, 203.0.113.7":           "203.0.113.7",
		"198.51.100.1, 203.0.113.7, 10.0.0.1": "203.0.113.7",
		"203.0.113.7, garbage":                "127.0.0.1",
		"garbage, 203.0.113.7":                "203.0.113.7",
		"10.0.0.5, 10.0.0.6":                  "10.0.0.5",
		"::ffff:203.0.113.7":                  "203.0.113.7",
		"2001:db8:1:2:3:4:5:6":                "2001:db8:1:2::/64",
		"":                                    "127.0.0.1",
	} {
		a := w.want(200, call{method: "POST", path: "/api/auth/web-link", body: map[string]any{"key": w.key(w.ada)}, header: from(forwarded)})
		s, err := w.db.Session(t.Context(), decode[login](t, a).SessionID)
		fatal(t, err)
		if s.Address != want {
			t.Errorf("%q: address %s, want %s", forwarded, s.Address, want)
		}
	}
	untrusted := w.second()
	a := untrusted.want(200, call{method: "POST", path: "/api/auth/web-link", body: map[string]any{"key": w.key(w.ada)}, header: from("203.0.113.7")})
	s, err := w.db.Session(t.Context(), decode[login](t, a).SessionID)
	fatal(t, err)
	if s.Address != "127.0.0.1" {
		t.Errorf("without a trusted proxy the address is %s", s.Address)
	}
}

func TestStreamsAreCounted(t *testing.T) {
	change, opened := stalls(func() *stalled { return &stalled{first: make([]byte, 10)} })
	w := newWorld(t, change, func(o *api.Options) { o.Limits.Streams = 2 })
	token, bob := w.login(w.ada).AccessToken, w.login(w.bob).AccessToken
	f, g := w.add(w.ada, teleplay.File{Size: 10_000}), w.add(w.bob, teleplay.File{Size: 10_000})
	play := call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token}
	first, second := w.raw(play), w.raw(play)
	w.fails(429, "rate_limited", play)
	w.want(200, call{method: "HEAD", path: play.path, token: token}) // takes no place
	other := w.raw(call{method: "GET", path: fmt.Sprintf("/api/stream/%d", g.ID), token: bob})
	s := <-opened
	_ = first.Body.Close()
	<-s.closed
	deadline := time.Now().Add(5 * time.Second)
	for {
		third := w.raw(play)
		_ = third.Body.Close()
		if third.StatusCode == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the place is still taken")
		}
	}
	_, _ = second.Body.Close(), other.Body.Close()
}

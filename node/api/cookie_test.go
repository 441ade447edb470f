package api_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// asPage logs in from a page of the origin and returns the cookies it got.
func (w *world) asPage(origin string, more http.Header) (answer, http.Header) {
	w.t.Helper()
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	for k, v := range more {
		h[k] = v
	}
	a := w.want(200, call{method: "POST", path: "/api/auth/web-link", body: map[string]any{"key": w.key(w.ada)}, header: h})
	cookies := http.Header{}
	for _, c := range a.Cookies() {
		cookies.Add("Cookie", c.Name+"="+c.Value)
	}
	return a, cookies
}

func TestCookiesOnPlainHTTP(t *testing.T) {
	w := newWorld(t)
	for _, origin := range []string{"http://" + w.addr, "http://films.test"} {
		a, cookies := w.asPage(origin, nil)
		if n := len(a.Cookies()); n != 2 {
			t.Fatalf("%s: %d cookies, want 2", origin, n)
		}
		for _, c := range a.Cookies() {
			want := map[string]string{"tp": "/", "tpr": "/api/auth"}[c.Name]
			if want == "" || c.Path != want || c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.MaxAge <= 0 {
				t.Errorf("cookie %s", c)
			}
		}
		w.want(200, call{method: "GET", path: "/api/auth/me", header: cookies})
	}
	for _, origin := range []string{"", "http://evil.test", "https://" + w.addr, "null"} {
		if a, _ := w.asPage(origin, nil); len(a.Cookies()) != 0 {
			t.Errorf("a page of %q got cookies", origin)
		}
	}
}

func TestCookiesOverTLS(t *testing.T) {
	w := newWorld(t, func(o *api.Options) {
		o.WebBase = "https://films.test"
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	proxied := http.Header{"X-Forwarded-Proto": {"https"}, "X-Forwarded-For": {"203.0.113.7"}}
	a, cookies := w.asPage("https://films.test", proxied)
	if n := len(a.Cookies()); n != 2 {
		t.Fatalf("%d cookies, want 2", n)
	}
	for _, c := range a.Cookies() {
		want := map[string]string{"__Host-tp": "/", "__Secure-tpr": "/api/auth"}[c.Name]
		if want == "" || c.Path != want || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
	}
	if a.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	ask := call{method: "GET", path: "/api/auth/me", header: cookies}
	w.fails(401, "unauthenticated", ask) // plain http does not know that cookie
	for k, v := range proxied {
		ask.header[k] = v
	}
	w.want(200, ask)
}

// A proxy that was not named as trusted must not cost the cookies their Secure.
func TestCookiesBehindAnUnnamedProxy(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.WebBase = "https://films.test" })
	a := w.want(200, call{method: "POST", path: "/api/auth/web-link", host: "films.test", body: map[string]any{"key": w.key(w.ada)}, header: http.Header{"Origin": {"https://films.test"}}})
	if len(a.Cookies()) != 2 {
		t.Fatalf("cookies %v", a.Cookies())
	}
	cookies := http.Header{}
	for _, c := range a.Cookies() {
		if !c.Secure || !strings.HasPrefix(c.Name, "__") {
			t.Errorf("cookie %s", c)
		}
		cookies.Add("Cookie", c.Name+"="+c.Value)
	}
	w.want(200, call{method: "GET", path: "/api/auth/me", host: "films.test", header: cookies})
	// The same node by its address on the LAN speaks plain http.
	if a, _ := w.asPage("http://"+w.addr, nil); len(a.Cookies()) != 2 || a.Cookies()[0].Secure {
		t.Errorf("cookies on the LAN: %v", a.Cookies())
	}
}

// A method that changes something needs, with a cookie, a page of ours.
func TestOriginOfUnsafeMethods(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.CORSOrigins = []string{"http://other.test"} })
	_, cookies := w.asPage("http://"+w.addr, nil)
	f := w.add(w.ada, teleplay.File{Size: 10})
	for _, row := range []struct {
		method, path string
		body         any
	}{
		{"PATCH", fmt.Sprintf("/api/files/%d", f.ID), map[string]any{"file_name": "New.mp4"}},
		{"PUT", fmt.Sprintf("/api/files/%d/progress", f.ID), map[string]any{"position": 1}},
		{"POST", fmt.Sprintf("/api/files/%d/progress", f.ID), map[string]any{"position": 1}},
		{"POST", "/api/tv/progress", map[string]any{"file_id": f.ID, "position": 1}},
		{"DELETE", fmt.Sprintf("/api/files/%d", f.ID), nil},
		{"POST", "/api/folders", map[string]any{"name": "x"}},
		{"POST", "/api/auth/logout", nil},
	} {
		for _, origin := range []string{"", "null", "http://evil.test", "http://other.test", "https://" + w.addr, "http://films.test.evil.test"} {
			h := cookies.Clone()
			if origin != "" {
				h.Set("Origin", origin)
			}
			w.fails(403, "forbidden", call{method: row.method, path: row.path, body: row.body, header: h})
		}
	}
	h := cookies.Clone()
	h.Set("Origin", "http://films.test")
	w.want(200, call{method: "PATCH", path: fmt.Sprintf("/api/files/%d", f.ID), body: map[string]any{"file_name": "New.mp4"}, header: h})
	a := w.want(200, call{method: "POST", path: "/api/auth/logout", header: h})
	for _, c := range a.Cookies() {
		if c.Value != "" || c.MaxAge > 0 {
			t.Errorf("logout left cookie %s", c)
		}
	}
	w.fails(401, "session_revoked", call{method: "GET", path: "/api/auth/me", header: cookies})
}

// On media any one valid credential is enough; elsewhere a dead Bearer is dead.
func TestDeadBearerBesideACookie(t *testing.T) {
	w := newWorld(t)
	_, cookies := w.asPage("http://"+w.addr, nil)
	f := w.add(w.ada, teleplay.File{Size: 10})
	w.want(200, call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: "dead.dead.dead", header: cookies})
	w.fails(401, "unauthenticated", call{method: "GET", path: "/api/auth/me", token: "dead.dead.dead", header: cookies})
	live := w.login(w.ada).AccessToken
	w.want(200, call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: live, header: http.Header{"Cookie": {"tp=dead"}}})
}

func TestCORS(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.CORSOrigins = []string{"http://other.test"} })
	for origin, ok := range map[string]bool{"http://films.test": true, "http://other.test": true, "http://evil.test": false, "https://other.test": false, "http://other.test.evil.test": false, "null": false} {
		a := w.do(call{method: "GET", path: "/health", header: http.Header{"Origin": {origin}}})
		got := a.Header.Get("Access-Control-Allow-Origin")
		if (got == origin) != ok || (got != "" && got != origin) {
			t.Errorf("%s: allowed is %q", origin, got)
		}
		p := w.do(call{method: "OPTIONS", path: "/api/files", header: http.Header{"Origin": {origin}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": {"authorization"}}})
		if (p.Header.Get("Access-Control-Allow-Headers") != "") != ok {
			t.Errorf("%s: preflight says %v", origin, p.Header)
		}
		if ok && p.StatusCode != 204 {
			t.Errorf("preflight is %d", p.StatusCode)
		}
	}
}

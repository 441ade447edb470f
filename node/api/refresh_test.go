package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teleplay/teleplay/node/api"
)

func refreshBy(token string) call {
	return call{method: "POST", path: "/api/auth/refresh", body: map[string]any{"refresh_token": token}}
}

func (w *world) refresh(token string) login {
	w.t.Helper()
	return decode[login](w.t, w.want(200, refreshBy(token)))
}

func TestRefreshRotates(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	if !strings.HasPrefix(l.RefreshToken, "tpr1.") {
		t.Fatalf("refresh token is %q", l.RefreshToken)
	}
	second := w.refresh(l.RefreshToken)
	if second.RefreshToken == l.RefreshToken {
		t.Fatal("the token did not rotate")
	}
	w.want(200, call{method: "GET", path: "/api/auth/me", token: second.AccessToken})
	// A lost answer, two tabs: the same successor for 30 s.
	if again := w.refresh(l.RefreshToken); again.RefreshToken != second.RefreshToken {
		t.Error("the first token got another successor")
	}
	old := decode[login](t, w.want(200, call{method: "POST", path: "/api/auth/refresh", body: map[string]any{"refreshToken": second.RefreshToken}}))
	// Any generation that went out in the last 30 s gets the current one.
	if again := w.refresh(l.RefreshToken); again.RefreshToken != old.RefreshToken {
		t.Error("the first token did not get the current one")
	}
}

func TestRefreshTogether(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	var mu sync.Mutex
	got := map[string]int{}
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			r := w.refresh(l.RefreshToken)
			mu.Lock()
			defer mu.Unlock()
			got[r.RefreshToken]++
		})
	}
	all.Wait()
	if len(got) != 1 {
		t.Errorf("one token has %d successors", len(got))
	}
}

func TestStolenRefreshTokenEndsTheSession(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	second := w.refresh(l.RefreshToken)
	w.clock.advance(31 * time.Second)
	w.fails(401, "session_revoked", refreshBy(l.RefreshToken))
	w.fails(401, "session_revoked", refreshBy(second.RefreshToken))
	w.fails(401, "session_revoked", call{method: "GET", path: "/api/auth/me", token: second.AccessToken})
	s, err := w.db.Session(t.Context(), l.SessionID)
	fatal(t, err)
	if s.Revoked.IsZero() {
		t.Error("the session lives")
	}
}

func TestRefreshTokensThatAreNone(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits.Misses = 1000 })
	ada, bob := w.login(w.ada), w.login(w.bob)
	part := strings.Split(ada.RefreshToken, ".")
	with := func(i int, s string) string {
		p := append([]string{}, part...)
		p[i] = s
		return strings.Join(p, ".")
	}
	other := strings.Split(bob.RefreshToken, ".")
	for name, token := range map[string]string{
		"garbage":            "x",
		"dots":               "....",
		"prefix":             with(0, "tpr2"),
		"kid":                with(1, "unknown"),
		"kid traversal":      with(1, "../../etc/passwd"),
		"another's session":  with(2, other[2]),
		"no session":         with(2, "2147483647"),
		"session 0":          with(2, "0"),
		"session overflow":   with(2, "4294967297"),
		"session with zeros": with(2, "0"+part[2]),
		"next generation":    with(3, "2"),
		"generation 0":       with(3, "0"),
		"generation -1":      with(3, "-1"),
		"another's MAC":      with(4, other[4]),
		"no MAC":             with(4, ""),
		"more":               ada.RefreshToken + ".x",
		"access token":       ada.AccessToken,
	} {
		if a := w.do(refreshBy(token)); a.StatusCode != 401 {
			t.Errorf("%s: got %d: %s", name, a.StatusCode, a.body)
		}
	}
	w.fails(422, "invalid", refreshBy(""))
	w.refresh(ada.RefreshToken) // none of that hurt the session
}

func TestRefreshOfADeadSession(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	w.want(200, call{method: "POST", path: "/api/auth/logout", token: l.AccessToken})
	w.fails(401, "session_revoked", refreshBy(l.RefreshToken))
	idle := w.login(w.ada)
	w.clock.advance(90*24*time.Hour + time.Minute)
	w.fails(401, "session_revoked", refreshBy(idle.RefreshToken))
}

func TestSessionEndsAfterAYear(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	for range 5 {
		w.clock.advance(72 * 24 * time.Hour)
		l.RefreshToken = w.refresh(l.RefreshToken).RefreshToken
	}
	w.clock.advance(6 * 24 * time.Hour)
	w.fails(401, "session_revoked", refreshBy(l.RefreshToken))
}

func TestRefreshBeyondTheLimitIsTheSameAgain(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	token := l.RefreshToken
	for range 30 {
		token = w.refresh(token).RefreshToken
	}
	if again := w.refresh(token); again.RefreshToken != token {
		t.Error("the 31st rotated")
	}
}

// Even a flood from the household's address throws nobody's login away.
func TestRefreshIsNeverTooMany(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits.Anonymous = 3 })
	l := w.login(w.ada)
	for range 2 {
		l.RefreshToken = w.refresh(l.RefreshToken).RefreshToken
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+w.addr+"/api/auth/refresh", strings.NewReader(`{"refresh_token":"`+l.RefreshToken+`"}`))
	fatal(t, err)
	if res, err := w.client.Do(req); err == nil {
		_ = res.Body.Close()
		t.Errorf("got %d, want no answer", res.StatusCode)
	}
	w.clock.advance(time.Minute)
	w.refresh(l.RefreshToken)
}

func TestSecretRotation(t *testing.T) {
	before, after := []byte("the secret of yesterday, thirty-two"), []byte("the secret of tomorrow, thirty-two!")
	w := newWorld(t, func(o *api.Options) { o.JWTSecret = before })
	l := w.login(w.ada)
	next := w.second(func(o *api.Options) { o.JWTSecret, o.JWTSecretPrevious = after, before })
	next.want(200, call{method: "GET", path: "/api/auth/me", token: l.AccessToken})
	n := next.refresh(l.RefreshToken)
	next.want(200, call{method: "GET", path: "/api/auth/me", token: n.AccessToken})
	last := w.second(func(o *api.Options) { o.JWTSecret = after })
	last.fails(401, "unauthenticated", call{method: "GET", path: "/api/auth/me", token: l.AccessToken})
	last.want(200, call{method: "GET", path: "/api/auth/me", token: n.AccessToken})
	last.refresh(n.RefreshToken)
}

// A cookie's refresh needs a page of ours, and gives new cookies.
func TestRefreshByCookie(t *testing.T) {
	w := newWorld(t)
	own := "http://" + w.addr
	a := w.want(200, call{method: "POST", path: "/api/auth/web-link", body: map[string]any{"key": w.key(w.ada)}, header: http.Header{"Origin": {own}}})
	cookie := ""
	for _, c := range a.Cookies() {
		if c.Name == "tpr" {
			cookie = c.Name + "=" + c.Value
		}
	}
	if cookie == "" {
		t.Fatal("no refresh cookie")
	}
	ask := call{method: "POST", path: "/api/auth/refresh", header: http.Header{"Cookie": {cookie}}}
	w.fails(403, "forbidden", ask)
	ask.header.Set("Origin", "http://evil.test")
	w.fails(403, "forbidden", ask)
	ask.header.Set("Origin", own)
	w.fails(401, "unauthenticated", call{method: "POST", path: ask.path, header: http.Header{"Origin": {own}}}) // its cookies are gone
	if got := w.want(200, ask); len(got.Cookies()) != 2 {
		t.Errorf("%d new cookies, want 2", len(got.Cookies()))
	}
}

package api_test

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

var secret = []byte("a secret of at least thirty-two bytes")

// derived is the key that the edge makes of the secret for a kind of token.
func derived(label string) []byte {
	b, err := hkdf.Key(sha256.New, secret, nil, "teleplay "+label, 32)
	if err != nil {
		panic(err)
	}
	return b
}

func kid() string {
	b, err := hkdf.Key(sha256.New, secret, nil, "teleplay kid/1", 6)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// forge signs any claims with any header.
func forge(t *testing.T, method jwt.SigningMethod, key any, header, claims map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, jwt.MapClaims(claims))
	for k, v := range header {
		token.Header[k] = v
	}
	s, err := token.SignedString(key)
	fatal(t, err)
	return s
}

func TestTokenAbuse(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits.Misses = 1000 })
	l := w.login(w.ada)
	now := w.clock.now()
	header := map[string]any{"typ": "at+jwt", "kid": kid()}
	good := map[string]any{"sub": strconv.Itoa(int(w.ada.ID)), "aud": "teleplay-api", "sid": l.SessionID, "ver": 1, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}
	key := derived("access/1")
	but := func(m map[string]any, change ...any) map[string]any {
		out := map[string]any{}
		for k, v := range m {
			out[k] = v
		}
		for i := 0; i < len(change); i += 2 {
			if out[change[i].(string)] = change[i+1]; change[i+1] == nil {
				delete(out, change[i].(string))
			}
		}
		return out
	}
	hs := jwt.SigningMethodHS256
	me := func(token string) call { return call{method: "GET", path: "/api/auth/me", token: token} }
	w.want(200, me(forge(t, hs, key, header, good))) // the forger knows how; now each fault alone
	part := strings.Split(l.AccessToken, ".")
	for name, token := range map[string]string{
		"alg none":          forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, header, good),
		"alg HS512":         forge(t, jwt.SigningMethodHS512, key, header, good),
		"alg HS384":         forge(t, jwt.SigningMethodHS384, key, header, good),
		"no signature":      part[0] + "." + part[1] + ".",
		"two parts":         part[0] + "." + part[1],
		"other payload":     part[0] + "." + strings.Split(forge(t, hs, key, header, but(good, "sub", "1")), ".")[1] + "." + part[2],
		"refresh key":       forge(t, hs, derived("refresh/1"), header, good),
		"the secret itself": forge(t, hs, secret, header, good),
		"empty key":         forge(t, hs, []byte{}, header, good),
		"typ JWT":           forge(t, hs, key, but(header, "typ", "JWT"), good),
		"typ missing":       forge(t, hs, key, but(header, "typ", nil), good),
		"kid missing":       forge(t, hs, key, but(header, "kid", nil), good),
		"kid traversal":     forge(t, hs, key, but(header, "kid", "../../../../dev/null"), good),
		"kid empty":         forge(t, hs, []byte{}, but(header, "kid", ""), good),
		"kid number":        forge(t, hs, key, but(header, "kid", 0), good),
		"aud other":         forge(t, hs, key, header, but(good, "aud", "other")),
		"aud missing":       forge(t, hs, key, header, but(good, "aud", nil)),
		"aud other, old":    forge(t, hs, key, header, but(good, "aud", "other", "exp", now.Add(-time.Hour).Unix())),
		"exp missing":       forge(t, hs, key, header, but(good, "exp", nil)),
		"exp past":          forge(t, hs, key, header, but(good, "exp", now.Add(-2*time.Minute).Unix())),
		"nbf future":        forge(t, hs, key, header, but(good, "nbf", now.Add(5*time.Minute).Unix())),
		"iat future":        forge(t, hs, key, header, but(good, "iat", now.Add(5*time.Minute).Unix())),
		"sub missing":       forge(t, hs, key, header, but(good, "sub", nil)),
		"sub name":          forge(t, hs, key, header, but(good, "sub", "ada")),
		"sub nobody":        forge(t, hs, key, header, but(good, "sub", "2147483647")),
		"sid missing":       forge(t, hs, key, header, but(good, "sid", nil)),
		"ver old":           forge(t, hs, key, header, but(good, "ver", 0)),
		"refresh token":     l.RefreshToken,
		"garbage":           "dead.dead.dead",
	} {
		if a := w.do(me(token)); a.StatusCode != 401 || a.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: got %d: %s", name, a.StatusCode, a.body)
		}
	}
	w.want(200, me(forge(t, hs, key, header, but(good, "exp", now.Add(-50*time.Second).Unix())))) // within the leeway
	f := w.add(w.ada, teleplay.File{Size: 10})
	// No token in the URL.
	w.fails(401, "unauthenticated", call{method: "GET", path: fmt.Sprintf("/api/stream/%d?token=%s", f.ID, l.AccessToken)})
	w.fails(401, "unauthenticated", call{method: "GET", path: "/api/auth/me?token=" + l.AccessToken})
	w.fails(401, "unauthenticated", call{method: "GET", path: "/api/auth/me", header: http.Header{"Authorization": {"Basic YTpi"}}})
}

func TestAccessTokenExpires(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	f := w.add(w.ada, teleplay.File{Size: 10})
	w.clock.advance(16*time.Minute + time.Second)
	w.fails(401, "token_expired", call{method: "GET", path: "/api/auth/me", token: l.AccessToken})
	w.fails(401, "token_expired", call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: l.AccessToken})
}

// Logout holds at once, for the next Range too.
func TestLogout(t *testing.T) {
	w := newWorld(t)
	l, other := w.login(w.ada), w.login(w.ada)
	f := w.add(w.ada, teleplay.File{Size: 10})
	play := call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: l.AccessToken, header: http.Header{"Range": {"bytes=0-0"}}}
	w.want(206, play)
	w.want(200, call{method: "POST", path: "/api/auth/logout", token: l.AccessToken})
	w.fails(401, "session_revoked", play)
	w.fails(401, "session_revoked", call{method: "GET", path: "/api/auth/me", token: l.AccessToken})
	w.want(200, call{method: "GET", path: "/api/auth/me", token: other.AccessToken})
}

// A token that was given for longer than tokens live now is not forgotten sooner.
func TestLogoutOutlivesAShorterLife(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.AccessLife = 24 * time.Hour })
	l := w.login(w.ada)
	w.want(200, call{method: "POST", path: "/api/auth/logout", token: l.AccessToken})
	w.clock.advance(23 * time.Hour)
	v := w.second(func(o *api.Options) { o.AccessLife = 15 * time.Minute })
	v.fails(401, "session_revoked", call{method: "GET", path: "/api/auth/me", token: l.AccessToken})
}

// A session that another node ended is dead here after the commit, without a
// restart.
func TestSessionEndedElsewhere(t *testing.T) {
	w := newWorld(t)
	l := w.login(w.ada)
	fatal(t, w.db.RevokeSession(t.Context(), l.SessionID))
	deadline := time.Now().Add(5 * time.Second)
	for {
		if a := w.do(call{method: "GET", path: "/api/auth/me", token: l.AccessToken}); a.StatusCode == 401 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the session still lives")
		}
	}
}

// Old apps: an expired token of a bare code's session still streams while the
// session lives, and a dead session's thumbnails are 403, not 401.
func TestOldAppsOnMedia(t *testing.T) {
	w := newWorld(t)
	c := decode[code](t, w.want(200, call{method: "POST", path: generate}))
	w.tap(w.ada, c.Code, 0)
	l := decode[login](t, w.want(200, call{method: "POST", path: verify, body: map[string]any{"code": c.Code}}))
	f := w.add(w.ada, teleplay.File{Size: 10})
	fatal(t, w.db.SetThumb(t.Context(), f.ID, teleplay.Thumb{ETag: "a", Bytes: []byte("x")}))
	stream := call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: l.AccessToken}
	picture := call{method: "GET", path: fmt.Sprintf("/api/thumbnail/%d", f.ID), token: l.AccessToken}
	w.clock.advance(time.Hour)
	w.fails(401, "token_expired", call{method: "GET", path: "/api/auth/me", token: l.AccessToken})
	w.want(200, stream)
	w.want(200, picture)
	fatal(t, w.db.RevokeSession(t.Context(), l.SessionID))
	w.fails(401, "session_revoked", stream)
	w.fails(403, "forbidden", picture)
	w.fails(401, "unauthenticated", call{method: "GET", path: picture.path})
}

package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

var app = fstest.MapFS{
	"index.html":           {Data: []byte("<!doctype html><title>TelePlay</title>")},
	"favicon.svg":          {Data: []byte("<svg/>")},
	"assets/app-1a2b3c.js": {Data: []byte("export {}")},
	"assets/a-1a2b.css":    {Data: []byte("a{}")},
	"assets/i.woff2":       {Data: []byte("x")},
}

func TestWebApp(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Web = app; o.StyleHashes = []string{"'sha256-abc='"} })
	const forever = "public, max-age=31536000, immutable"
	for _, row := range []struct{ path, mime, cache string }{
		{"/", "text/html; charset=utf-8", "no-cache"},
		{"/index.html", "text/html; charset=utf-8", "no-cache"},
		{"/login", "text/html; charset=utf-8", "no-cache"},
		{"/library/12?q=x", "text/html; charset=utf-8", "no-cache"},
		{"/auth", "text/html; charset=utf-8", "no-cache"},
		{"/favicon.svg", "image/svg+xml", "no-cache"},
		{"/assets/app-1a2b3c.js", "text/javascript; charset=utf-8", forever},
		{"/assets/a-1a2b.css", "text/css; charset=utf-8", forever},
		{"/assets/i.woff2", "font/woff2", forever},
		{"/../../../etc/passwd", "text/html; charset=utf-8", "no-cache"},
		{"/%2e%2e/%2e%2e/etc/passwd", "text/html; charset=utf-8", "no-cache"},
		{"/assets", "text/html; charset=utf-8", "no-cache"},
		{"/apifoo", "text/html; charset=utf-8", "no-cache"},
	} {
		a := w.want(200, call{method: "GET", path: row.path})
		if a.Header.Get("Content-Type") != row.mime || a.Header.Get("Cache-Control") != row.cache {
			t.Errorf("%s: %v", row.path, a.Header)
		}
		if strings.Contains(row.mime, "html") != strings.Contains(string(a.body), "TelePlay") {
			t.Errorf("%s: %s", row.path, a.body)
		}
		h := w.want(200, call{method: "HEAD", path: row.path})
		if len(h.body) > 0 || h.Header.Get("Content-Length") != a.Header.Get("Content-Length") {
			t.Errorf("HEAD %s: %v", row.path, h.Header)
		}
	}
	if csp := w.want(200, call{method: "GET", path: "/"}).Header.Get("Content-Security-Policy"); !strings.Contains(csp, "style-src 'self' 'sha256-abc=';") {
		t.Errorf("CSP is %s", csp)
	}
	w.fails(404, "not_found", call{method: "GET", path: "/assets/old-build.js"})
	w.fails(404, "not_found", call{method: "GET", path: "/api/../api/nope"})
	w.fails(404, "not_found", call{method: "GET", path: "/%61pi/nope"})
	none := w.second()
	none.fails(404, "not_found", call{method: "GET", path: "/"})
}

func TestReady(t *testing.T) {
	sick := false
	w := newWorld(t, func(o *api.Options) {
		o.Checks = map[string]func(context.Context) error{
			"catalog": func(context.Context) error { return nil },
			"telegram": func(context.Context) error {
				if sick {
					return errors.Join(errors.New("dial 10.0.0.1: internals"), teleplay.ErrUnavailable)
				}
				return nil
			},
		}
	})
	w.want(200, call{method: "GET", path: "/health"})
	w.want(200, call{method: "GET", path: "/ready"})
	sick = true
	a := w.want(503, call{method: "GET", path: "/ready"})
	if !strings.Contains(string(a.body), `"telegram":{"ok":false`) || strings.Contains(string(a.body), "internals") {
		t.Errorf("ready is %s", a.body)
	}
}

// unread is a catalog whose list of dead sessions cannot be read.
type unread struct{ api.Library }

func (unread) Revoked(context.Context, time.Time) ([]teleplay.Session, error) {
	return nil, teleplay.Fail(teleplay.ErrUnavailable, "catalog_down", "The library is away.")
}

// Without that list nobody is let in, and the node says that it is not ready.
func TestDeadSessionsUnknown(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	v := w.second(func(o *api.Options) { o.Library = unread{o.Library} })
	if a := v.want(503, call{method: "GET", path: "/ready"}); !strings.Contains(string(a.body), `"sessions":{"ok":false`) {
		t.Errorf("ready is %s", a.body)
	}
	v.fails(503, "catalog_down", call{method: "GET", path: "/api/auth/me", token: token})
}

// Every route, with a login, without one, and with nonsense, carries the headers
// that keep browsers in check.
func TestHeadersOnEveryRoute(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits.Off = true; o.Web = app })
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 10})
	paths := map[string]bool{"GET /": true, "GET /login": true, "GET /api/nope": true, "DELETE /api/nope": true, "POST /": true, "OPTIONS /api/files": true}
	for _, r := range api.Served() {
		r = strings.ReplaceAll(r, "{name}", "film.mp4")
		paths[strings.ReplaceAll(r, "{id}", "2147483000")] = true
		paths[strings.ReplaceAll(r, "{id}", "x")] = true
		if strings.HasPrefix(r, "GET ") || strings.HasPrefix(r, "HEAD ") {
			paths[strings.ReplaceAll(r, "{id}", itoa(f.ID))] = true
		}
	}
	delete(paths, "POST /api/auth/logout") // would end the login
	for p := range paths {
		method, path, _ := strings.Cut(p, " ")
		for _, token := range []string{"", token} {
			c := call{method: method, path: path, token: token}
			a := w.raw(c)
			_ = a.Body.Close()
			for name, want := range map[string]string{
				"X-Content-Type-Options":       "nosniff",
				"Referrer-Policy":              "no-referrer",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Vary":                         "Authorization, Cookie, Origin",
			} {
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s (login %v): %s is %q", p, token != "", name, got)
				}
			}
			csp, media := a.Header.Get("Content-Security-Policy"), strings.Contains(path, "stream") || strings.Contains(path, "download") || strings.Contains(path, "thumbnail")
			if csp != "sandbox; default-src 'none'" && !(strings.Contains(csp, "object-src 'none'; base-uri 'none'; frame-ancestors 'none'") && !(media && a.StatusCode == 200)) {
				t.Errorf("%s: CSP is %q", p, csp)
			}
			if len(a.Header.Get("X-Request-Id")) != 16 || a.Header.Get("Server") != "" {
				t.Errorf("%s: %v", p, a.Header)
			}
			if a.Header.Get("Content-Type") == "application/json" && path != "/openapi.json" && a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: Cache-Control is %q", p, a.Header.Get("Cache-Control"))
			}
			if a.StatusCode >= 500 {
				t.Errorf("%s: %d", p, a.StatusCode)
			}
		}
	}
	trace := w.do(call{method: http.MethodTrace, path: "/", header: http.Header{"Cookie": {"tp=secret"}}})
	if trace.StatusCode != 405 || strings.Contains(string(trace.body), "secret") {
		t.Errorf("TRACE: %d %s", trace.StatusCode, trace.body)
	}
}

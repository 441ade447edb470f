package api

import "strings"

// appCSP is what the web app needs and nothing more.
func appCSP(styles []string) string {
	return "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; media-src 'self' blob:; " +
		"connect-src 'self'; img-src 'self' data: blob:; style-src " + strings.Join(append([]string{"'self'"}, styles...), " ") +
		"; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
}

// mediaCSP keeps a hostile file from being a page.
const mediaCSP = "sandbox; default-src 'none'"

// exposed is what scripts of other origins may read.
const exposed = "Content-Range, Accept-Ranges, Content-Length, ETag, Retry-After, X-Request-Id"

// secure puts on the headers that every answer has.
func (a *API) secure(q *request) {
	h := &q.Response.Header
	h.Set("X-Request-Id", q.id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", a.csp)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if q.https {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	h.Set("Vary", "Authorization, Cookie, Origin")
}

// cors lets the listed origins read the answer; it reports whether the request
// was a preflight and is answered by that.
func (a *API) cors(q *request) bool {
	origin, ok := q.header("Origin")
	if !ok || !a.origins[origin] {
		return false
	}
	h := &q.Response.Header
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Expose-Headers", exposed)
	if !q.IsOptions() || len(q.Request.Header.Peek("Access-Control-Request-Method")) == 0 {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Last-Event-ID, Range")
	h.Set("Access-Control-Max-Age", "600")
	q.SetStatusCode(204)
	return true
}

// ownOrigin tells whether the request comes from a page of ours: of WebBase, or of
// the very host that was asked.
func (a *API) ownOrigin(q *request) bool {
	origin, ok := q.header("Origin")
	if !ok || origin == "" {
		return false
	}
	if origin == a.base.Scheme+"://"+a.base.Host {
		return true
	}
	scheme := "http"
	if q.https {
		scheme = "https"
	}
	return origin == scheme+"://"+string(q.Host())
}

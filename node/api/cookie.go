package api

import (
	"time"

	"github.com/valyala/fasthttp"
)

// refreshPath is all that the refresh cookie is sent to.
const refreshPath = "/api/auth"

// accessCookie and refreshCookie name the cookies. The prefixes bind
// browsers to Secure and to this host; plain http on a LAN cannot have them.
func accessCookie(https bool) string {
	if https {
		return "__Host-tp"
	}
	return "tp"
}

func refreshCookie(https bool) string {
	if https {
		return "__Secure-tpr"
	}
	return "tpr"
}

// setCookies gives a page of ours its tokens where scripts cannot read them. Other
// callers keep the JSON alone: a foreign page must not be able to log its visitor
// in as somebody else.
func (a *API) setCookies(q *request, access, refresh string) {
	if !a.ownOrigin(q) {
		return
	}
	setCookie(q, accessCookie(q.https), access, "/", a.o.AccessLife)
	setCookie(q, refreshCookie(q.https), refresh, refreshPath, refreshIdle)
}

func clearCookies(q *request) {
	setCookie(q, accessCookie(q.https), "", "/", -1)
	setCookie(q, refreshCookie(q.https), "", refreshPath, -1)
}

func setCookie(q *request, name, value, path string, life time.Duration) {
	c := fasthttp.AcquireCookie()
	defer fasthttp.ReleaseCookie(c)
	c.SetKey(name)
	c.SetValue(value)
	c.SetPath(path)
	c.SetHTTPOnly(true)
	c.SetSecure(q.https)
	c.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	if life < 0 {
		c.SetExpire(fasthttp.CookieExpireDelete)
	} else {
		c.SetMaxAge(int(life / time.Second))
	}
	q.Response.Header.SetCookie(c)
}

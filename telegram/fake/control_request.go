package fake

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/teleplay/teleplay"
)

const (
	maxWait  = 60 * time.Second // of one waiting GET
	maxLimit = 1000             // entries of one list
)

// guard lets through requests that name this machine as their host and come from
// no page, or from a page of this port: each GET may change the world, as /login
// does, so an image or a link on a page of somebody else's must not reach it. Who
// types or pastes an address comes from no page.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ownHost(r.Host) {
			s.refuse(w, r, teleplay.Fail(teleplay.ErrDenied, "", "the control port answers only to names of this machine"))
			return
		}
		for _, origin := range r.Header.Values("Origin") {
			if u, err := url.Parse(origin); err != nil || u.Scheme != "http" || u.Host != r.Host {
				s.refuse(w, r, teleplay.Fail(teleplay.ErrDenied, "", "pages of other origins may not use the control port"))
				return
			}
		}
		switch r.Header.Get("Sec-Fetch-Site") { // set by every browser, by nothing else
		case "", "none", "same-origin":
		default:
			s.refuse(w, r, teleplay.Fail(teleplay.ErrDenied, "", "pages of other origins may not use the control port, nor lead to it"))
			return
		}
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// ownHost says whether a Host header names loopback, which is where the control
// port is.
func ownHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	return loopback(host)
}

// loopback says whether a host is this machine and nothing else.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// pathID is a number in the path; one that cannot be an id names nothing.
func pathID(r *http.Request, name string) (int64, error) {
	text := r.PathValue(name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no %s %q", name, text))
	}
	return n, nil
}

// pathMessage is the message id in the path.
func pathMessage(r *http.Request) (int32, error) {
	n, err := strconv.ParseInt(r.PathValue("message"), 10, 32)
	if err != nil {
		return 0, teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no message %q", r.PathValue("message")))
	}
	return int32(n), nil
}

// query reads the parameters of a request; check reports the first wrong one, and
// any that nothing asked for.
type query struct {
	values url.Values
	known  map[string]bool
	err    error
}

func parseQuery(r *http.Request) *query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		err = invalid("the query cannot be read")
	}
	return &query{values: values, known: map[string]bool{}, err: err}
}

func (q *query) text(name string) string {
	q.known[name] = true
	return q.values.Get(name)
}

func (q *query) fail(name, want string) {
	if q.err == nil {
		q.err = invalid("%s must be %s", name, want)
	}
}

// number is a whole number; fallback when it is not given.
func (q *query) number(name string, fallback, least, most int64) int64 {
	text := q.text(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		q.fail(name, fmt.Sprintf("a number from %d to %d", least, most))
	}
	return n
}

func (q *query) limit() int { return int(q.number("limit", maxLimit, 1, maxLimit)) }

// wait is how long a GET may be held.
func (q *query) wait() time.Duration {
	text := q.text("wait")
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > maxWait {
		q.fail("wait", "a duration up to 60s")
	}
	return d
}

// flag is true, false or nil when it is not given.
func (q *query) flag(name string) *bool {
	text := q.text(name)
	if text == "" {
		return nil
	}
	b, err := strconv.ParseBool(text)
	if err != nil {
		q.fail(name, "true or false")
	}
	return &b
}

func (q *query) check() error {
	for name := range q.values {
		if q.err == nil && !q.known[name] {
			q.err = invalid("unknown parameter %q", name)
		}
	}
	return q.err
}

package api

import (
	"strings"
	"time"
)

// entity is what conditional headers compare with.
type entity struct {
	etag     string    // strong, quotes included; "" = none
	modified time.Time // to the second; zero = none
}

// sign puts on the headers that a client needs to ask by conditions later. Errors
// go without.
func (e entity) sign(q *request, cache string) {
	h := &q.Response.Header
	h.SetCanonical([]byte("ETag"), []byte(e.etag))
	h.Set("Cache-Control", cache)
	if !e.modified.IsZero() {
		h.Set("Last-Modified", e.modified.Format(httpDate))
	}
}

// verdict is what the preconditions of a request decide.
type verdict int

const (
	goOn        verdict = iota
	notModified         // 304
	failed              // 412
)

// judge evaluates the preconditions in RFC 9110 §13.2.2's order. A date header is
// heard only where its tag sibling is absent; one that is no date is ignored.
func (e entity) judge(q *request) verdict {
	if tags, there := list(q, "If-Match"); there {
		if !e.matches(tags, false) {
			return failed
		}
	} else if t, ok := date(q, "If-Unmodified-Since"); ok && e.modified.After(t) {
		return failed
	}
	if tags, there := list(q, "If-None-Match"); there {
		if e.matches(tags, true) {
			return notModified
		}
	} else if t, ok := date(q, "If-Modified-Since"); ok && !e.modified.After(t) {
		return notModified
	}
	return goOn
}

// ranged tells whether If-Range lets a Range be heard: the equal strong tag or
// exactly our date (§13.1.5), nothing else.
func (e entity) ranged(q *request) bool {
	v, once := q.header("If-Range")
	if v == "" && once {
		return true
	}
	if !once {
		return false
	}
	if v == e.etag {
		return true
	}
	t, ok := parseDate(v)
	return ok && t.Equal(e.modified)
}

// matches looks for our tag in a list of them; weak also takes W/"ours".
func (e entity) matches(tags string, weak bool) bool {
	tags = strings.TrimSpace(tags)
	if tags == "*" {
		return true
	}
	for tags != "" {
		tags = strings.TrimLeft(tags, " \t,")
		tag, isWeak := strings.CutPrefix(tags, "W/")
		if !strings.HasPrefix(tag, `"`) {
			return false // no tag from here on
		}
		end := strings.IndexByte(tag[1:], '"')
		if end < 0 {
			return false
		}
		if tag[:end+2] == e.etag && (weak || !isWeak) {
			return true
		}
		tags = tag[end+2:]
	}
	return false
}

// list joins the lines of a list header.
func list(q *request, name string) (string, bool) {
	lines := q.Request.Header.PeekAll(name)
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(l)
	}
	return b.String(), len(lines) > 0
}

func date(q *request, name string) (time.Time, bool) {
	v, once := q.header(name)
	if !once {
		return time.Time{}, false
	}
	return parseDate(v)
}

// parseDate reads an HTTP date in the three forms of RFC 9110 §5.6.7.
func parseDate(s string) (time.Time, bool) {
	for _, form := range []string{httpDate, time.RFC850, time.ANSIC} {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

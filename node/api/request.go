package api

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/teleplay/teleplay"
	"github.com/valyala/fasthttp"
)

// request is one request while its handler runs; nothing of it may be kept
// afterwards.
type request struct {
	*fasthttp.RequestCtx
	id      string
	address string // IPv4, or the /64 of an IPv6 address
	https   bool   // as the client speaks it
	user    teleplay.User
	session int32 // 0 = nobody logged in
}

// requestID is 16 hexadecimal digits, in the answer and in the log.
func (a *API) requestID() string {
	var b [8]byte
	if _, err := io.ReadFull(a.o.Rand, b[:]); err != nil {
		return "0"
	}
	return hex.EncodeToString(b[:])
}

// answer sends v as JSON.
func (q *request) answer(status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only values of shape.go come here
		status, body = 500, []byte(`{"detail":"Something broke here.","code":"internal","request_id":"`+q.id+`"}`)
	}
	q.SetStatusCode(status)
	q.Response.Header.SetContentType("application/json")
	q.Response.Header.Set("Cache-Control", "no-store")
	q.Response.SetBodyRaw(body)
}

// pathID is the id in the path, an int32 > 0.
func (q *request) pathID() (int32, error) {
	s, _ := q.UserValue("id").(string)
	id, ok := parseID(s)
	if !ok || id == 0 {
		return 0, badField("id", "an id is a whole number from 1 to 2147483647")
	}
	return id, nil
}

// parseID takes decimal digits alone, without leading zeros, up to 2^31 − 1.
func parseID(s string) (int32, bool) {
	if s == "" || len(s) > 10 || (s[0] == '0' && len(s) > 1) {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int32(n), err == nil
}

// query is a parameter of the URL; nil if it is not there.
func (q *request) query(name string) *string {
	args := q.QueryArgs()
	if !args.Has(name) {
		return nil
	}
	s := string(args.Peek(name))
	return &s
}

// queryFolder is a folder id in the URL, 0 = root; nil if it is not there.
func (q *request) queryFolder(name string) (*int32, error) {
	s := q.query(name)
	if s == nil {
		return nil, nil
	}
	id, ok := parseID(*s)
	if !ok {
		return nil, badField(name, "a folder is a whole number, 0 for the root")
	}
	return &id, nil
}

// queryInt is a whole number from lo to hi in the URL, else def.
func (q *request) queryInt(name string, def, lo, hi int) (int, error) {
	s := q.query(name)
	if s == nil {
		return def, nil
	}
	id, ok := parseID(*s)
	if n := int(id); ok && n >= lo && n <= hi {
		return n, nil
	}
	return 0, badField(name, "a whole number from "+strconv.Itoa(lo)+" to "+strconv.Itoa(hi))
}

// queryFlag is a yes or no in the URL.
func (q *request) queryFlag(name string) (bool, error) {
	s := q.query(name)
	switch {
	case s == nil, *s == "0", *s == "false":
		return false, nil
	case *s == "1", *s == "true":
		return true, nil
	}
	return false, badField(name, "0 or 1")
}

// queryWord is one of the words allowed, or "".
func (q *request) queryWord(name string, allowed ...string) (string, error) {
	s := q.query(name)
	if s == nil || *s == "" {
		return "", nil
	}
	for _, w := range allowed {
		if *s == w {
			return w, nil
		}
	}
	return "", badField(name, "one of "+strings.Join(allowed, ", "))
}

// body reads the JSON object of the request into v. No body is an empty object;
// unknown fields are ignored; anything after the object is a fault.
func (q *request) body(v any) error {
	b := bytes.TrimSpace(q.PostBody())
	if len(b) == 0 {
		return nil
	}
	if b[0] != '{' {
		return teleplay.Fail(teleplay.ErrInvalid, "bad_request", "The body must be a JSON object.")
	}
	err := json.Unmarshal(b, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		name := wrong.Field
		if name == "" {
			name = "body"
		}
		return badField(name, "a "+wrong.Value+" does not fit here")
	}
	return teleplay.Fail(teleplay.ErrInvalid, "bad_request", "The body is no JSON.")
}

// header is the one value of a request header. ok is false when it came twice.
func (q *request) header(name string) (value string, ok bool) {
	all := q.Request.Header.PeekAll(name)
	switch len(all) {
	case 0:
		return "", true
	case 1:
		return string(all[0]), true
	}
	return "", false
}

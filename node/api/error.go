package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/valyala/fasthttp"
)

// statuses is the one map from code word to status.
var statuses = map[string]int{
	"bad_request": 400, "name_taken": 400, "folder_cycle": 400,
	"unauthenticated": 401, "token_expired": 401, "session_revoked": 401,
	"forbidden": 403,
	"not_found": 404, "authorization_pending": 404,
	"method_not_allowed": 405,
	"timeout":            408, // the request itself came too slowly
	"code_expired":       410, "access_denied": 410, "file_missing": 410,
	"precondition_failed":   412,
	"too_large":             413,
	"range_not_satisfiable": 416,
	"invalid":               422,
	"rate_limited":          429, "slow_down": 429,
	"header_too_large": 431,
	"internal":         500,
	"no_leader":        503, "catalog_down": 503, "upstream_busy": 503, "draining": 503,
	"upstream_timeout": 504,
}

// kinds is what a failure without a known code word is called, and what it says.
var kinds = []struct {
	kind         error
	code, detail string
}{
	{teleplay.ErrNotFound, "not_found", "There is no such thing here."},
	{teleplay.ErrDenied, "forbidden", "You may not do that."},
	{teleplay.ErrConflict, "bad_request", "That does not go with what is there."},
	{teleplay.ErrInvalid, "invalid", "The request is not valid."},
	{teleplay.ErrUnavailable, "catalog_down", "Not available right now."},
}

// field is a fault of one field of the request.
type field struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// invalid is a 422 that names the field at fault.
type invalid struct{ fields []field }

func badField(name, message string) error { return &invalid{[]field{{name, message}}} }

func (e *invalid) Error() string { return e.fields[0].Field + ": " + e.fields[0].Message }
func (e *invalid) Unwrap() error { return teleplay.ErrInvalid }

// errGone ends a request whose client has left: nobody reads the answer.
var errGone = errors.New("client has left")

// The failures of the edge itself.
var (
	errNoRoute    = teleplay.Fail(teleplay.ErrNotFound, "not_found", "There is no such thing here.")
	errNoLogin    = teleplay.Fail(teleplay.ErrDenied, "unauthenticated", "Log in first.")
	errExpired    = teleplay.Fail(teleplay.ErrDenied, "token_expired", "The access token has expired.")
	errRevoked    = teleplay.Fail(teleplay.ErrDenied, "session_revoked", "This login has ended.")
	errNotListed  = teleplay.Fail(teleplay.ErrDenied, "forbidden", "This library is for listed people only.")
	errDeadLogin  = teleplay.Fail(teleplay.ErrDenied, "forbidden", "This login has ended.")
	errOrigin     = teleplay.Fail(teleplay.ErrDenied, "forbidden", "The request comes from a foreign page.")
	errNotYet     = teleplay.Fail(teleplay.ErrNotFound, "authorization_pending", "This code has not been confirmed.")
	errOldCode    = teleplay.Fail(teleplay.ErrNotFound, "code_expired", "This code or link is no longer good.")
	errRefused    = teleplay.Fail(teleplay.ErrDenied, "access_denied", "This login was refused.")
	errTooMany    = teleplay.Fail(teleplay.ErrUnavailable, "rate_limited", "Too many requests.")
	errDraining   = teleplay.Fail(teleplay.ErrUnavailable, "draining", "This node is stopping.")
	errNoStanding = teleplay.Fail(teleplay.ErrUnavailable, "catalog_down", "The library is not there yet.")
	errSlowSource = teleplay.Fail(teleplay.ErrUnavailable, "upstream_timeout", "Telegram did not answer in time.")
	errNoBot      = teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "The bot is not connected yet.")
	errMethod     = teleplay.Fail(teleplay.ErrInvalid, "method_not_allowed", "This cannot be done with that; Allow says what can.")
	errMismatch   = teleplay.Fail(teleplay.ErrConflict, "precondition_failed", "The file is not what the request expects.")
	errBadRange   = teleplay.Fail(teleplay.ErrInvalid, "range_not_satisfiable", "The range lies beyond the end of the file.")
)

// fail answers with an error in the one shape of all errors.
func (a *API) fail(q *request, err error) {
	code, detail, retry := word(err)
	status := statuses[code]
	body := errorShape{Detail: detail, Code: code, RequestID: q.id}
	var in *invalid
	if errors.As(err, &in) {
		body.Errors = in.fields
	}
	if status >= 500 {
		log := a.o.Log
		if h := hint(err); h != "" {
			log = log.With(slog.String("hint", h))
		}
		log.Warn("request failed", slog.String("request", q.id), slog.Int("status", status), slog.Any("err", err))
	}
	header := &q.Response.Header
	switch status {
	case 401:
		header.Set("WWW-Authenticate", "Bearer")
	case 429, 503:
		header.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(retry.Seconds())))))
	}
	q.answer(status, body)
}

type errorShape struct {
	Detail    string  `json:"detail"`
	Code      string  `json:"code"`
	RequestID string  `json:"request_id"`
	Errors    []field `json:"errors,omitempty"`
}

// word is what an error is called, what it says to people and when to come back.
func word(err error) (code, detail string, retry time.Duration) {
	var e *teleplay.Error
	if errors.As(err, &e) {
		code, detail, retry = e.Code, e.Detail, e.Retry
	}
	if retry == 0 {
		retry = 2 * time.Second
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			if statuses[code] == 0 {
				code = k.code
			}
			if detail == "" {
				detail = k.detail
			}
			return code, detail, retry
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "catalog_down", "The library did not answer in time.", retry
	}
	return "internal", "Something broke here; the log has more under this request's id.", retry
}

func hint(err error) string {
	var e *teleplay.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// unreadable answers a request that fasthttp could not read.
func (a *API) unreadable(rc *fasthttp.RequestCtx, err error) {
	q := &request{RequestCtx: rc, id: a.requestID()}
	a.secure(q)
	var small *fasthttp.ErrSmallBuffer
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		err = teleplay.Fail(teleplay.ErrInvalid, "too_large", "The body is over 1 MiB.")
	case errors.As(err, &small):
		err = teleplay.Fail(teleplay.ErrInvalid, "header_too_large", "The header is too large.")
	case errors.As(err, &slow) && slow.Timeout():
		err = teleplay.Fail(teleplay.ErrInvalid, "timeout", "The request came too slowly.")
	default:
		err = teleplay.Fail(teleplay.ErrInvalid, "bad_request", "This is no HTTP request.")
	}
	a.fail(q, err)
}

// broken is what a panic in a handler becomes.
func broken(v any) error { return fmt.Errorf("handler panicked: %v", v) }

package teleplay

import (
	"errors"
	"time"
)

// The five kinds of failure that rooms tell apart by errors.Is. Anything else is
// a bug or a broken machine, and a person sees an id instead of its text.
var (
	ErrNotFound    = errors.New("not found")   // no such object, or not this user's
	ErrDenied      = errors.New("denied")      // the caller may not, or is not known
	ErrConflict    = errors.New("conflict")    // the state forbids it, e.g. a name is taken
	ErrInvalid     = errors.New("invalid")     // the request itself is wrong
	ErrUnavailable = errors.New("unavailable") // not now; Error.Retry says when
)

// Error is a failure that a client can act on. It wraps one of the five kinds.
type Error struct {
	Kind   error         // one of the five sentinels
	Code   string        // the API’s machine word, e.g. "name_taken"; empty = the kind's own
	Detail string        // one sentence for a person, no internal text
	Retry  time.Duration // when to try again; 0 = not said
	Hint   string        // what an operator can do about it; for logs, never for clients
}

// Fail makes an Error of a kind, with the code word for machines and a sentence
// for people.
func Fail(kind error, code, detail string) *Error {
	return &Error{Kind: kind, Code: code, Detail: detail}
}

// After is a copy of e that says when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.Retry = d
	return &c
}

func (e *Error) Error() string {
	if e.Detail != "" {
		return e.Detail
	}
	return e.Kind.Error()
}

func (e *Error) Unwrap() error { return e.Kind }

package fake

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

// maxBody is the largest JSON body in bytes: a list of 1,000 posts with long
// captions fits; files go through PUT /blobs.
const maxBody = 8 << 20

// Handler is the control port: the control API below /v1 (docs has its reference),
// /login and the chat page. It refuses requests that name a foreign Host or come
// from a foreign Origin, so that no web page can reach it by rebinding a name. A
// waiting request ends when its context does.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.infoRoutes(mux)
	s.accountRoutes(mux)
	s.ruleRoutes(mux)
	s.faultRoutes(mux)
	s.chatRoutes(mux)
	s.channelRoutes(mux)
	s.documentRoutes(mux)
	s.wireRoutes(mux)
	s.networkRoutes(mux)
	s.loginRoute(mux)
	s.absentRoutes(mux)
	s.pageRoutes(mux)
	return s.guard(mux)
}

// action answers one call; what it returns is the body of the answer.
type action func(r *http.Request) (any, error)

// empty is the body of an answer that says no more than "done".
type empty struct{}

// reply serves an action whose success has the given status.
func (s *Server) reply(status int, a action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		body, err := a(r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		writeJSON(w, status, body)
	}
}

func (s *Server) ok(a action) http.HandlerFunc      { return s.reply(http.StatusOK, a) }
func (s *Server) created(a action) http.HandlerFunc { return s.reply(http.StatusCreated, a) }

// refuse answers with an error: its status, a code word and a sentence.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, code, message := problem(err)
	if status == http.StatusInternalServerError {
		s.log.Error("control call", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	writeJSON(w, status, faultBody(code, message))
}

// faultBody is the body of every error.
func faultBody(code, message string) any {
	type fault struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	return struct {
		Error fault `json:"error"`
	}{fault{code, message}}
}

// codeNotImplemented marks a call that the fake does not have yet.
const codeNotImplemented = "not_implemented"

// problem is the one map from an error to a status, a code word and a sentence.
func problem(err error) (status int, code, message string) {
	var refused *tgerr.Error
	var said *teleplay.Error
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &refused):
		return http.StatusUnprocessableEntity, "refused", refused.Message
	case errors.As(err, &said) && said.Code == codeNotImplemented:
		return http.StatusBadRequest, codeNotImplemented, err.Error()
	case errors.As(err, &large):
		return http.StatusBadRequest, "bad_request", err.Error()
	case errors.Is(err, teleplay.ErrInvalid):
		return http.StatusBadRequest, "bad_request", err.Error()
	case errors.Is(err, teleplay.ErrDenied):
		return http.StatusForbidden, "forbidden", err.Error()
	case errors.Is(err, teleplay.ErrNotFound):
		return http.StatusNotFound, "not_found", err.Error()
	case errors.Is(err, teleplay.ErrConflict):
		return http.StatusConflict, "conflict", err.Error()
	case errors.Is(err, teleplay.ErrUnavailable):
		return http.StatusServiceUnavailable, "unavailable", err.Error()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, "unavailable", "the server is stopping"
	}
	return http.StatusInternalServerError, "internal", "an error of the fake; its log says more"
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	b, err := json.Marshal(body)
	if err != nil { // a value of ours that JSON cannot hold: a bug
		status, b = http.StatusInternalServerError, []byte(`{"error":{"code":"internal","message":"the answer does not fit JSON"}}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client may have left
}

package fake

import (
	"fmt"
	"net/http"

	"github.com/teleplay/teleplay"
)

// absentRoutes answer for what is not there: a planned call says that it is not
// implemented yet, any other path is not found. Nothing pretends.
func (s *Server) absentRoutes(mux *http.ServeMux) {
	notYet := s.ok(func(r *http.Request) (any, error) {
		return nil, teleplay.Fail(teleplay.ErrInvalid, codeNotImplemented,
			fmt.Sprintf("%s %s is not implemented yet; nothing was changed", r.Method, r.URL.Path))
	})
	for _, path := range []string{
		"/v1/snapshots", "/v1/snapshots/",
	} {
		mux.Handle(path, notYet)
	}
	mux.Handle("/v1/", s.ok(func(r *http.Request) (any, error) {
		return nil, teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no call %s %s", r.Method, r.URL.Path))
	}))
}

package fake

import (
	"fmt"
	"net/http"
	"time"

	"github.com/teleplay/teleplay"
)

// networkRoutes are the calls that make connections slow, silent or gone.
func (s *Server) networkRoutes(mux *http.ServeMux) {
	mux.Handle("GET /v1/network", s.ok(func(*http.Request) (any, error) { return s.network.view(), nil }))
	mux.Handle("PATCH /v1/network", s.ok(func(r *http.Request) (any, error) {
		patch, err := readBody(r)
		if err != nil {
			return nil, err
		}
		view, err := s.network.change(patch)
		if err != nil {
			return nil, err
		}
		for _, c := range s.openConns() {
			signal(c.wake) // what is queued goes by the new shape
		}
		return view, nil
	}))
	mux.Handle("PUT /v1/dcs/{dc}", s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "dc")
		if err != nil {
			return nil, err
		}
		o, err := decode[outage](r)
		if err != nil {
			return nil, err
		}
		return empty{}, s.turn(r.Context(), int(id), o)
	}))
	noCall := s.ok(func(r *http.Request) (any, error) {
		return nil, teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no call %s %s; a DC is turned on and off by PUT /v1/dcs/{id}, and GET /v1/info lists them", r.Method, r.URL.Path))
	})
	mux.Handle("/v1/dcs", noCall)
	mux.Handle("/v1/dcs/", noCall)
	mux.Handle("POST /v1/connections/reset", s.ok(func(r *http.Request) (any, error) {
		f, err := decode[filter](r)
		if err != nil {
			return nil, err
		}
		return struct {
			Closed int `json:"closed"`
		}{s.resetConnections(f)}, nil
	}))
	mux.Handle("POST /v1/connections/stall", s.ok(func(r *http.Request) (any, error) {
		f, err := decode[struct {
			filter
			For span `json:"for"`
		}](r)
		if err != nil {
			return nil, err
		}
		if f.For <= 0 {
			return nil, invalid("for is how long nothing flows, like \"20s\"")
		}
		return struct {
			Stalled int `json:"stalled"`
		}{s.stallConnections(f.filter, time.Duration(f.For))}, nil
	}))
}

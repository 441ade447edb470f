package fake

import (
	"net/http"
	"time"
)

// ruleRoutes are the calls that bend the world's rules, or make it anew.
func (s *Server) ruleRoutes(mux *http.ServeMux) {
	mux.Handle("GET /v1/settings", s.ok(func(*http.Request) (any, error) {
		return s.world.currentSettings(), nil
	}))
	mux.Handle("PATCH /v1/settings", s.ok(func(r *http.Request) (any, error) {
		patch, err := readBody(r)
		if err != nil {
			return nil, err
		}
		return s.world.changeSettings(patch)
	}))
	mux.Handle("GET /v1/limits", s.ok(func(*http.Request) (any, error) { return s.limits.current(), nil }))
	mux.Handle("PATCH /v1/limits", s.ok(func(r *http.Request) (any, error) {
		patch, err := readBody(r)
		if err != nil {
			return nil, err
		}
		return s.limits.patch(patch)
	}))
	mux.Handle("GET /v1/clock", s.ok(func(*http.Request) (any, error) { return s.clock.view(), nil }))
	mux.Handle("PUT /v1/clock", s.ok(func(r *http.Request) (any, error) {
		want, err := decode[struct {
			Skew *span `json:"skew"`
		}](r)
		if err != nil {
			return nil, err
		}
		if want.Skew == nil || max(*want.Skew, -*want.Skew) > span(maxSkew) {
			return nil, invalid("skew is a duration of up to a year, ahead or (-) behind")
		}
		s.clock.set(time.Duration(*want.Skew))
		return s.clock.view(), nil
	}))
	mux.Handle("POST /v1/references/expire", s.ok(func(r *http.Request) (any, error) {
		which, err := decode[struct {
			Account  int64 `json:"account"`
			Document int64 `json:"document_id,string"`
		}](r)
		if err != nil {
			return nil, err
		}
		n, err := s.world.expireReferences(which.Account, which.Document)
		return struct {
			Expired int `json:"expired"`
		}{n}, err
	}))
	mux.Handle("POST /v1/reset", s.ok(func(r *http.Request) (any, error) {
		if _, err := decode[empty](r); err != nil {
			return nil, err
		}
		if err := s.world.reset(); err != nil {
			return nil, err
		}
		s.limits.reset()
		s.faults.clear()
		s.clock.set(0)
		s.network.reset()
		if err := s.turnAll(r.Context()); err != nil {
			return nil, err
		}
		s.resetConnections(filter{}) // clients come back and ask what they have missed
		return empty{}, nil
	}))
}

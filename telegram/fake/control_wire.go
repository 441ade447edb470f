package fake

import (
	"math"
	"net/http"
	"time"
)

// wireRoutes are the calls about connections: what was seen, and how to end it.
func (s *Server) wireRoutes(mux *http.ServeMux) {
	mux.Handle("GET /v1/stats", s.ok(func(*http.Request) (any, error) { return s.stats.view(), nil }))
	mux.Handle("POST /v1/stats/reset", s.ok(func(r *http.Request) (any, error) {
		if _, err := decode[empty](r); err != nil {
			return nil, err
		}
		s.stats.reset()
		return empty{}, nil
	}))
	mux.Handle("GET /v1/sessions", s.ok(s.listSessions))
	mux.Handle("GET /v1/calls", s.ok(s.listCalls))
	mux.Handle("POST /v1/keys/drop", s.ok(func(r *http.Request) (any, error) {
		f, err := decode[filter](r)
		if err != nil {
			return nil, err
		}
		return struct {
			Dropped int `json:"dropped"`
		}{s.dropKeys(f)}, nil
	}))
	mux.Handle("POST /v1/keys/duplicate", s.ok(func(r *http.Request) (any, error) {
		f, err := decode[filter](r)
		if err != nil {
			return nil, err
		}
		return struct {
			Duplicated int `json:"duplicated"`
		}{s.duplicateKeys(f)}, nil
	}))
	mux.Handle("POST /v1/sessions/revoke", s.ok(func(r *http.Request) (any, error) {
		f, err := decode[struct {
			filter
			Error string `json:"error"`
		}](r)
		if err != nil {
			return nil, err
		}
		n, err := s.revoke(f.filter, f.Error)
		return struct {
			Revoked int `json:"revoked"`
		}{n}, err
	}))
}

func (s *Server) listSessions(r *http.Request) (any, error) {
	q := parseQuery(r)
	account, open := q.number("account", 0, 0, math.MaxInt64), q.flag("open")
	if err := q.check(); err != nil {
		return nil, err
	}
	return struct {
		Sessions []sessionView `json:"sessions"`
	}{s.sessionLog.list(account, open)}, nil
}

// listCalls holds the answer until a wanted call has ended, at most for wait.
func (s *Server) listCalls(r *http.Request) (any, error) {
	q := parseQuery(r)
	f := callFilter{
		Method: q.text("method"), Account: q.number("account", 0, 0, math.MaxInt64),
		Document: q.number("document_id", 0, math.MinInt64, math.MaxInt64),
	}
	after, limit, wait := q.number("after", 0, 0, math.MaxInt64), q.limit(), q.wait()
	if err := q.check(); err != nil {
		return nil, err
	}
	over := time.NewTimer(wait)
	defer over.Stop()
	var missed int64
	for held := true; ; {
		calls, last, lost, changed := s.calls.list(f, after, limit)
		missed += lost
		if len(calls) > 0 || !held || wait == 0 {
			return struct {
				Calls []callEntry `json:"calls"`
				Last  int64       `json:"last_seq"`
				Lost  int64       `json:"lost"`
			}{calls, last, missed}, nil
		}
		after = last
		select {
		case <-changed:
		case <-over.C:
			held = false
		case <-r.Context().Done():
			held = false
		}
	}
}

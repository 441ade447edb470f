package fake

import "net/http"

// faultRoutes are the calls that order what goes wrong.
func (s *Server) faultRoutes(mux *http.ServeMux) {
	mux.Handle("GET /v1/faults", s.ok(func(*http.Request) (any, error) {
		return struct {
			Faults []fault `json:"faults"`
		}{s.faults.all()}, nil
	}))
	mux.Handle("POST /v1/faults", s.created(func(r *http.Request) (any, error) {
		f, err := decode[faultSpec](r)
		if err != nil {
			return nil, err
		}
		return s.order(f)
	}))
	mux.Handle("DELETE /v1/faults", s.ok(func(*http.Request) (any, error) {
		s.faults.clear()
		return empty{}, nil
	}))
	mux.Handle("GET /v1/faults/{fault}", s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "fault")
		if err != nil {
			return nil, err
		}
		return s.faults.one(id)
	}))
	mux.Handle("DELETE /v1/faults/{fault}", s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "fault")
		if err != nil {
			return nil, err
		}
		return empty{}, s.faults.drop(id)
	}))
}

package fake

import "net/http"

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
}

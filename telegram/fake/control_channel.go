package fake

import (
	"math"
	"net/http"
)

// maxItems is how many posts one call may make.
const maxItems = 1000

// channelRoutes are the calls about the storage channel, made as its owner.
func (s *Server) channelRoutes(mux *http.ServeMux) {
	const channel = "/v1/channels/{channel}"
	mux.Handle("PATCH "+channel, s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "channel")
		if err != nil {
			return nil, err
		}
		patch, err := readBody(r)
		if err != nil {
			return nil, err
		}
		return s.world.changeChannel(id, patch)
	}))
	mux.Handle("GET "+channel+"/messages", s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "channel")
		if err != nil {
			return nil, err
		}
		q := parseQuery(r)
		after, limit := q.number("after", 0, 0, math.MaxInt32), q.limit()
		if err := q.check(); err != nil {
			return nil, err
		}
		return s.world.posts(id, int32(after), limit)
	}))
	mux.Handle("POST "+channel+"/messages", s.created(func(r *http.Request) (any, error) {
		id, err := pathID(r, "channel")
		if err != nil {
			return nil, err
		}
		list, err := decode[struct {
			Items []item `json:"items"`
		}](r)
		if err != nil {
			return nil, err
		}
		if len(list.Items) == 0 || len(list.Items) > maxItems {
			return nil, invalid("items must have 1 to %d entries", maxItems)
		}
		made, err := s.world.post(id, list.Items)
		return struct {
			Messages []postView `json:"messages"`
		}{made}, err
	}))
	mux.Handle("DELETE "+channel+"/messages/{message}", s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "channel")
		if err != nil {
			return nil, err
		}
		message, err := pathMessage(r)
		if err != nil {
			return nil, err
		}
		return empty{}, s.world.unpost(id, message)
	}))
}

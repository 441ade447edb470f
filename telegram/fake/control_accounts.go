package fake

import (
	"math"
	"net/http"
	"slices"
)

// accountRoutes are the calls about users and bots.
func (s *Server) accountRoutes(mux *http.ServeMux) {
	mux.Handle("GET /v1/users", s.ok(func(r *http.Request) (any, error) {
		q := parseQuery(r)
		after, limit := q.number("after", 0, 0, math.MaxInt64), q.limit()
		if err := q.check(); err != nil {
			return nil, err
		}
		list := slices.DeleteFunc(s.world.users(), func(u user) bool { return u.ID <= after })
		return struct {
			Users []user `json:"users"`
		}{list[:min(limit, len(list))]}, nil
	}))
	mux.Handle("POST /v1/users", s.created(func(r *http.Request) (any, error) {
		u, err := decode[user](r)
		if err != nil {
			return nil, err
		}
		return s.world.addUser(u)
	}))
	mux.Handle("POST /v1/bots", s.created(func(r *http.Request) (any, error) {
		b, err := decode[struct { // what a caller may choose of a bot
			Username    string   `json:"username"`
			Token       string   `json:"token"`
			DC          int      `json:"dc"`
			ChannelRole string   `json:"channel_role"`
			Rights      []string `json:"rights"`
		}](r)
		if err != nil {
			return nil, err
		}
		return s.world.addBot(bot{Username: b.Username, Token: b.Token, DC: b.DC, ChannelRole: b.ChannelRole, Rights: b.Rights})
	}))
	mux.Handle("PATCH /v1/bots/{bot}", s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "bot")
		if err != nil {
			return nil, err
		}
		patch, err := readBody(r)
		if err != nil {
			return nil, err
		}
		return s.world.changeBot(id, patch)
	}))
}

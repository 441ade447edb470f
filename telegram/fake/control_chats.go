package fake

import (
	"math"
	"net/http"
	"time"
)

// pressWait is how long a press waits for the bot's answer when nothing is said.
const pressWait = 10 * time.Second

// chatRoutes are the calls by which a user talks with a bot.
func (s *Server) chatRoutes(mux *http.ServeMux) {
	const chat = "/v1/users/{user}/chats/{bot}"
	mux.Handle("GET "+chat, s.ok(inChat(s.readChat)))
	mux.Handle("PATCH "+chat, s.ok(inChat(s.patchChat)))
	mux.Handle("POST "+chat+"/messages", s.created(inChat(s.sendLetter)))
	mux.Handle("PATCH "+chat+"/messages/{message}", s.ok(inChat(s.patchLetter)))
	mux.Handle("DELETE "+chat+"/messages/{message}", s.ok(inChat(s.dropLetter)))
	mux.Handle("POST "+chat+"/press", s.ok(inChat(s.pressButton)))
}

// inChat reads the two ends of a private chat from the path.
func inChat(f func(r *http.Request, user, bot int64) (any, error)) action {
	return func(r *http.Request) (any, error) {
		user, err := pathID(r, "user")
		if err != nil {
			return nil, err
		}
		bot, err := pathID(r, "bot")
		if err != nil {
			return nil, err
		}
		return f(r, user, bot)
	}
}

func (s *Server) readChat(r *http.Request, user, bot int64) (any, error) {
	q := parseQuery(r)
	after, wait := q.number("after_rev", 0, 0, math.MaxInt64), q.wait()
	if err := q.check(); err != nil {
		return nil, err
	}
	return s.world.chat(r.Context(), user, bot, after, wait)
}

func (s *Server) patchChat(r *http.Request, user, bot int64) (any, error) {
	type state struct {
		Blocked *bool `json:"blocked"`
	}
	want, err := decode[state](r)
	if err != nil {
		return nil, err
	}
	blocked := want.Blocked != nil && *want.Blocked // null = default
	if err := s.world.block(user, bot, blocked); err != nil {
		return nil, err
	}
	return state{&blocked}, nil
}

func (s *Server) sendLetter(r *http.Request, user, bot int64) (any, error) {
	l, err := decode[letter](r)
	if err != nil {
		return nil, err
	}
	return s.world.send(user, bot, l)
}

func (s *Server) patchLetter(r *http.Request, user, bot int64) (any, error) {
	id, err := pathMessage(r)
	if err != nil {
		return nil, err
	}
	change, err := decode[struct {
		Text *string `json:"text"`
	}](r)
	if err != nil {
		return nil, err
	}
	if change.Text == nil {
		return nil, invalid("text is missing")
	}
	return s.world.editLetter(user, bot, id, *change.Text)
}

func (s *Server) dropLetter(r *http.Request, user, bot int64) (any, error) {
	id, err := pathMessage(r)
	if err != nil {
		return nil, err
	}
	return empty{}, s.world.deleteLetter(user, bot, id)
}

func (s *Server) pressButton(r *http.Request, user, bot int64) (any, error) {
	p, err := decode[press](r)
	if err != nil {
		return nil, err
	}
	if p.Message == 0 {
		return nil, invalid("message_id is missing")
	}
	if (p.Row == nil) != (p.Column == nil) {
		return nil, invalid("row and column go together")
	}
	named := 0
	for _, given := range []bool{p.Text != nil, p.Data != nil, p.Row != nil} {
		if given {
			named++
		}
	}
	if named != 1 {
		return nil, invalid("name the button by text, by data, or by row and column")
	}
	if wait := time.Duration(p.Wait); wait < 0 || wait > maxWait {
		return nil, invalid("wait must be a duration up to 60s")
	}
	if p.Wait == 0 {
		p.Wait = span(pressWait)
	}
	return s.world.press(r.Context(), user, bot, p)
}

// loginRoute is GET /login: it asks the bot for a web link as a user would, and
// sends the browser there. Each visit makes a fresh link.
func (s *Server) loginRoute(mux *http.ServeMux) {
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		q := parseQuery(r)
		user, bot := q.number("user", 0, 0, math.MaxInt64), q.number("bot", 0, 0, math.MaxInt64)
		if err := q.check(); err != nil {
			s.refuse(w, r, err)
			return
		}
		to, err := s.world.login(r.Context(), user, bot)
		if status, _, message := problem(err); err != nil && status == http.StatusServiceUnavailable {
			writeJSON(w, http.StatusGatewayTimeout, faultBody("timeout", message))
			return
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store") // the link works once
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, to, http.StatusFound)
	})
}

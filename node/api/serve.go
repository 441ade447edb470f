package api

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/valyala/fasthttp"
)

// longestCall bounds what a handler may do before its answer, so that none is
// ever left hanging; a refresh and a held verify come nearest, with 25 s.
const longestCall = 40 * time.Second

// serve wraps a handler in what all routes share.
func (a *API) serve(who access, h handler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		q := &request{RequestCtx: rc, id: a.requestID()}
		q.https = a.speaksTLS(q)
		q.address = addressKey(a.clientAddress(q))
		a.secure(q)
		if c := connOf(q); c != nil {
			c.stall.Store(int64(callStall))
		}
		if a.cors(q) {
			return
		}
		// Not the request's own context: it would end nothing but at a shutdown, and
		// a save counts though its client has hung up.
		ctx, cancel := context.WithTimeout(a.life, longestCall)
		defer cancel()
		err := a.guarded(ctx, q, who, h)
		switch {
		case errors.Is(err, errGone):
			_ = rc.Conn().Close() // unanswered
			rc.SetConnectionClose()
		case err != nil:
			a.fail(q, a.counted(q, who, err))
		}
	}
}

// guarded asks the limits and who it is, and calls the handler. A panic in it is
// one failed request, not the end of all streams.
func (a *API) guarded(ctx context.Context, q *request, who access, h handler) (err error) {
	defer func() {
		if v := recover(); v != nil {
			a.o.Log.Error("handler panicked", slog.String("request", q.id), slog.Any("err", v), slog.String("stack", string(debug.Stack())))
			_ = q.Response.CloseBodyStream()
			err = broken(v)
		}
	}()
	switch who {
	case probe:
		return h(ctx, q)
	case anyone, renewer:
		err := a.limits.anonymous.take(q.address)
		if err != nil && who == renewer {
			return errGone // a 429 would throw an old app's login away; no answer does not
		}
		if err != nil {
			return err
		}
		return h(ctx, q)
	}
	if err := a.authenticate(ctx, q, who); err != nil {
		if errors.Is(err, errNoLogin) && a.limits.misses.spent(q.address) {
			return errTooMany
		}
		return err
	}
	switch who {
	case person:
		err = a.limits.calls.take(q.user.ID)
	case thumb:
		err = a.limits.thumbs.take(q.user.ID)
	}
	if err != nil {
		return err
	}
	return h(ctx, q)
}

// counted takes an answer to a guess, a 404 or a 401 unauthenticated, off the
// address's budget for those; when that is used up, guessing goes on blind. A token
// of ours that has ended is no guess, and its holder has to be told so. Thumbnails
// and codes that nobody has confirmed yet do not count.
func (a *API) counted(q *request, who access, err error) error {
	code, _, _ := word(err)
	if (code != "unauthenticated" && statuses[code] != 404) || who == thumb || code == "authorization_pending" {
		return err
	}
	if limit := a.limits.misses.take(q.address); limit != nil {
		return limit
	}
	return err
}

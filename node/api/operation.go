package api

import (
	"context"
	_ "embed"
	"log/slog"
	"maps"
	"time"
)

//go:embed openapi.json
var openAPI []byte

// contract answers GET /openapi.json.
func (a *API) contract(_ context.Context, q *request) error {
	q.Response.Header.SetContentType("application/json")
	q.Response.Header.Set("Cache-Control", "no-cache")
	q.Response.SetBodyRaw(openAPI)
	return nil
}

// health answers GET /health: the process runs.
func (a *API) health(_ context.Context, q *request) error {
	q.answer(200, struct {
		Status string `json:"status"`
	}{"healthy"})
	return nil
}

// checkTime bounds one check of /ready.
const checkTime = 2 * time.Second

type checkShape struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// ready answers GET /ready: 200 when every check passes. Details are for anybody
// who can reach the port, so they are the words of the one error map.
func (a *API) ready(ctx context.Context, q *request) error {
	out := struct {
		Ready  bool                  `json:"ready"`
		Checks map[string]checkShape `json:"checks"`
	}{!a.draining(), map[string]checkShape{}}
	if !out.Ready {
		out.Checks["draining"] = checkShape{false, errDraining.Detail}
	}
	checks := map[string]func(context.Context) error{"sessions": a.known}
	maps.Copy(checks, a.o.Checks)
	for name, check := range checks {
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		err := check(ctx)
		cancel()
		if err == nil {
			out.Checks[name] = checkShape{true, "ok"}
			continue
		}
		_, detail, _ := word(err)
		out.Ready, out.Checks[name] = false, checkShape{false, detail}
		a.o.Log.Debug("not ready", slog.String("check", name), slog.Any("err", err))
	}
	if out.Ready {
		q.answer(200, out)
		return nil
	}
	q.Response.Header.Set("Retry-After", "2")
	q.answer(503, out)
	return nil
}

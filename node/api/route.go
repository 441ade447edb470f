package api

import (
	"context"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"
)

type handler func(context.Context, *request) error

// route is one row of openapi.json: both its names lead to the one handler.
type route struct {
	method string
	paths  []string
	who    access
	handle handler
}

func (a *API) routes() []route {
	p := func(paths ...string) []string { return paths }
	return []route{
		{"GET", p("/api/auth/bot-info", "/api/auth/bot/info"), anyone, a.botInfo},
		{"POST", p("/api/auth/code/generate", "/api/auth/generate-code"), anyone, a.generate},
		{"POST", p("/api/auth/code/verify", "/api/auth/verify-code"), anyone, a.verify},
		{"POST", p("/api/auth/web-link"), anyone, a.webLink},
		{"POST", p("/api/auth/refresh"), renewer, a.refresh},
		{"POST", p("/api/auth/logout"), person, a.logout},
		{"GET", p("/api/auth/me"), person, a.me},

		{"GET", p("/api/files"), person, a.listFiles},
		{"GET", p("/api/files/{id}"), person, a.getFile},
		{"PATCH", p("/api/files/{id}"), person, a.changeFile},
		{"DELETE", p("/api/files/{id}"), person, a.deleteFile},
		{"GET", p("/api/files/{id}/progress"), person, a.getProgress},
		{"PUT", p("/api/files/{id}/progress"), person, a.saveProgress},
		{"POST", p("/api/files/{id}/progress"), person, a.saveProgress},
		{"DELETE", p("/api/files/{id}/progress"), person, a.forgetProgress},
		{"POST", p("/api/tv/progress"), person, a.saveProgressOf},

		{"GET", p("/api/folders"), person, a.listFolders},
		{"POST", p("/api/folders"), person, a.addFolder},
		{"GET", p("/api/folders/{id}", "/api/tv/folder/{id}"), person, a.getFolder},
		{"PATCH", p("/api/folders/{id}"), person, a.changeFolder},
		{"DELETE", p("/api/folders/{id}"), person, a.deleteFolder},

		{"GET", p("/api/stream/{id}", "/api/stream/{id}/{name}"), stream, a.stream},
		{"HEAD", p("/api/stream/{id}", "/api/stream/{id}/{name}"), stream, a.stream},
		{"GET", p("/api/download/{id}"), stream, a.download},
		{"HEAD", p("/api/download/{id}"), stream, a.download},
		{"GET", p("/api/thumbnail/{id}", "/api/stream/{id}/thumbnail"), thumb, a.thumbnail},
		{"HEAD", p("/api/thumbnail/{id}", "/api/stream/{id}/thumbnail"), thumb, a.thumbnail},

		{"GET", p("/api/events"), person, a.events},
		{"GET", p("/health"), probe, a.health},
		{"GET", p("/ready"), probe, a.ready},
		{"GET", p("/openapi.json"), probe, a.contract},
	}
}

// handler is the whole edge as fasthttp calls it.
func (a *API) handler() fasthttp.RequestHandler {
	r := router.New()
	r.RedirectTrailingSlash, r.RedirectFixedPath = false, false
	for _, t := range a.routes() {
		for _, path := range t.paths {
			r.Handle(t.method, path, a.serve(t.who, t.handle))
		}
	}
	r.NotFound = a.serve(probe, a.elsewhere)
	r.MethodNotAllowed = a.serve(probe, notAllowed)
	r.GlobalOPTIONS = a.serve(probe, func(_ context.Context, q *request) error {
		q.SetStatusCode(204)
		return nil
	})
	return r.Handler
}

// notAllowed answers a method that the path does not have; the router has set
// Allow.
func notAllowed(context.Context, *request) error { return errMethod }

package api

import (
	"context"
	"io/fs"
	"path"
	"strings"
)

// elsewhere answers what no route has: unknown API paths with 404, and every other
// GET with the web app. Its files come from Options.Web alone; no path reaches the
// disk.
func (a *API) elsewhere(_ context.Context, q *request) error {
	if p := string(q.URI().PathOriginal()); p == "/api" || strings.HasPrefix(p, "/api/") {
		return errNoRoute
	}
	if p := string(q.Path()); p == "/api" || strings.HasPrefix(p, "/api/") {
		return errNoRoute
	}
	if !q.IsGet() && !q.IsHead() {
		q.Response.Header.Set("Allow", "GET, HEAD")
		return errMethod
	}
	if a.o.Web == nil {
		return errNoRoute
	}
	name := strings.TrimPrefix(string(q.Path()), "/")
	if name != "" && name != "index.html" && fs.ValidPath(name) {
		if b, err := fs.ReadFile(a.o.Web, name); err == nil {
			cache := "no-cache"
			if strings.HasPrefix(name, "assets/") { // the build puts a hash into these names
				cache = "public, max-age=31536000, immutable"
			}
			return page(q, b, webType(name), cache)
		}
	}
	if strings.HasPrefix(name, "assets/") {
		return errNoRoute // an old page asks for a file of an older build
	}
	b, err := fs.ReadFile(a.o.Web, "index.html")
	if err != nil {
		return errNoRoute
	}
	return page(q, b, "text/html; charset=utf-8", "no-cache")
}

func page(q *request, b []byte, mime, cache string) error {
	q.Response.Header.SetContentType(mime)
	q.Response.Header.Set("Cache-Control", cache)
	q.Response.SetBodyRaw(b)
	return nil
}

// webType is the type of a file of the build. Not mime.TypeByExtension: that asks
// the machine.
func webType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".webp":
		return "image/webp"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".wasm":
		return "application/wasm"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return octets
}

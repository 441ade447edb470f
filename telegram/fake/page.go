package fake

import (
	"embed"
	"io"
	"io/fs"
	"net/http"
	"time"
)

//go:embed page
var pageFiles embed.FS

// pagePolicy lets the chat page use its own files, this port and pictures that it
// made itself, and nothing else. The player of a sent film reads from this port.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pageRoutes serve the chat page, a small messenger that is a client of the
// control API like any other. It alone asks for thumbnails over HTTP.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /thumbs/{document}", func(w http.ResponseWriter, r *http.Request) {
		id, err := pathID(r, "document")
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		picture, err := s.world.smallPicture(id)
		switch {
		case err != nil:
			s.refuse(w, r, err)
		case picture == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Content-Type", "image/jpeg")
			w.Header().Set("Cache-Control", "no-store") // after a reset there is no such file
			http.ServeContent(w, r, "", time.Time{}, picture)
		}
	})
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the name is a constant of this file
	}
	serve := http.FileServerFS(files)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache") // a new build shows at once
		serve.ServeHTTP(w, r)
	})
}

// smallPicture is the thumbnail of a file, a JPEG of at most 320 px; nil = it has none.
func (w *world) smallPicture(id int64) (*io.SectionReader, error) {
	w.mu.Lock()
	d, ok := w.db.documents.rows[id]
	w.mu.Unlock()
	if !ok {
		return nil, notFound("document")
	}
	c, ok, err := w.sizeContent(d, "m")
	if err != nil || !ok {
		return nil, err
	}
	return io.NewSectionReader(c, 0, c.size), nil
}

package fake

import (
	"math"
	"mime"
	"net/http"
	"strings"
	"time"
)

// documentRoutes are the calls about files: blobs that go in, documents that lie
// there. The bytes of a document are the tests' oracle for real files.
func (s *Server) documentRoutes(mux *http.ServeMux) {
	mux.HandleFunc("PUT /v1/blobs/{name}", func(w http.ResponseWriter, r *http.Request) {
		made, err := s.world.putBlob(r.PathValue("name"), r.Body) // of any size
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		writeJSON(w, http.StatusCreated, made)
	})
	mux.Handle("GET /v1/documents/{document}", s.ok(func(r *http.Request) (any, error) {
		id, err := pathID(r, "document")
		if err != nil {
			return nil, err
		}
		return s.world.document(id)
	}))
	mux.HandleFunc("GET /v1/documents/{document}/bytes", s.documentBytes)
}

func (s *Server) documentBytes(w http.ResponseWriter, r *http.Request) {
	id, err := pathID(r, "document")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	q := parseQuery(r)
	offset, length := q.number("offset", 0, 0, math.MaxInt64), q.number("length", -1, 0, math.MaxInt64)
	if err := q.check(); err != nil {
		s.refuse(w, r, err)
		return
	}
	doc, err := s.world.document(id)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	b, _, err := s.world.documentBytes(id, offset, length)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", displayType(doc.MIME))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox") // a sent page must not act as ours
	http.ServeContent(w, r, "", time.Time{}, b) // with Range: players seek
}

// displayType is a sender's MIME type as far as a browser may show it; anything
// that could carry a script is plain bytes.
func displayType(sent string) string {
	t, _, err := mime.ParseMediaType(sent)
	shown := strings.HasPrefix(t, "video/") || strings.HasPrefix(t, "audio/") ||
		t == "image/jpeg" || t == "image/png" || t == "image/gif" || t == "image/webp"
	if err != nil || !shown {
		return "application/octet-stream"
	}
	return t
}

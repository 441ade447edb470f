package api_test

import (
	"fmt"
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

func TestTypesOfMedia(t *testing.T) {
	const octets = "application/octet-stream"
	for _, row := range []struct {
		mime, name, want string
		inline           bool
	}{
		{"video/mp4", "a.mp4", "video/mp4", true},
		{"Video/MP4", "a.mp4", "video/mp4", true},
		{"video/x-matroska", "a.mkv", "video/x-matroska", true},
		{"audio/flac", "a", "audio/flac", true},
		{"image/jpeg", "a.jpg", "image/jpeg", true},
		{"image/png", "a", "image/png", true},
		{"image/gif", "a", "image/gif", true},
		{"image/webp", "a", "image/webp", true},
		{"image/avif", "a", "image/avif", true},
		{"image/svg+xml", "a.svg", octets, false},
		{"image/jpegx", "a", octets, false},
		{"text/html", "a.html", octets, false},
		{"text/html", "a.mp4", octets, false},
		{"text/xml", "a.xml", octets, false},
		{"application/pdf", "a.pdf", octets, false},
		{"video/", "a.mp4", octets, false},
		{"video/mp4; charset=x", "a.mp4", octets, false},
		{"video/mp4\r\nX-Evil: 1", "a.mp4", octets, false},
		{"text/html;video/mp4", "a.mp4", octets, false},
		{"video/mp4/x", "a.mp4", octets, false},
		{"video", "a.mp4", octets, false},
		{"", "Film.MKV", "video/x-matroska", true},
		{octets, "Film.mkv", "video/x-matroska", true},
		{"", "Song.flac", "audio/flac", true},
		{"", "page.html", octets, false},
		{"", "picture.svg", octets, false},
		{"", "none", octets, false},
	} {
		got, inline := api.MediaType(teleplay.File{MIME: row.mime, Name: row.name})
		if got != row.want || inline != row.inline {
			t.Errorf("%q %q: got %q %v, want %q %v", row.mime, row.name, got, inline, row.want, row.inline)
		}
	}
}

func TestDispositions(t *testing.T) {
	for _, row := range []struct{ name, want string }{
		{"Harbour Lights.mp4", `inline; filename="Harbour Lights.mp4"; filename*=UTF-8''Harbour%20Lights.mp4`},
		{"Größe 100%_ja & nein.mp4", `inline; filename="Gr__e 100__ja & nein.mp4"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20100%25_ja%20&%20nein.mp4`},
		{"a\r\nSet-Cookie: x", `inline; filename="aSet-Cookie: x"; filename*=UTF-8''aSet-Cookie%3A%20x`},
		{`../../etc/pass"wd`, `inline; filename=".._.._etc_pass_wd"; filename*=UTF-8''.._.._etc_pass%22wd`},
		{"gpj.\u202eexe", `inline; filename="gpj.exe"; filename*=UTF-8''gpj.exe`},
		{"a\x00b", `inline; filename="ab"; filename*=UTF-8''ab`},
		{"..", `inline; filename="file"; filename*=UTF-8''file`},
		{"", `inline; filename="file"; filename*=UTF-8''file`},
	} {
		if got := api.Disposition(row.name, true); got != row.want {
			t.Errorf("%q:\n got %s\nwant %s", row.name, got, row.want)
		}
	}
	long := api.Disposition(strings.Repeat("ö", 300)+".mkv", false)
	_, params, err := mime.ParseMediaType(long)
	if err != nil {
		t.Fatal(err)
	}
	if name := params["filename"]; len(name) > 255 || !utf8.ValidString(name) || !strings.HasSuffix(name, ".mkv") {
		t.Errorf("long name became %q (%d bytes)", name, len(name))
	}
}

func TestMediaHeaders(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	film := w.add(w.ada, teleplay.File{Size: 10, MIME: "video/mp4", Name: "Film.mp4"})
	page := w.add(w.ada, teleplay.File{Size: 10, MIME: "text/html", Name: "Notes.html", Kind: teleplay.Document})
	for _, row := range []struct {
		path, mime, kind string
	}{
		{fmt.Sprintf("/api/stream/%d", film.ID), "video/mp4", "inline"},
		{fmt.Sprintf("/api/stream/%d?download=1", film.ID), "video/mp4", "attachment"},
		{fmt.Sprintf("/api/download/%d", film.ID), "video/mp4", "attachment"},
		{fmt.Sprintf("/api/stream/%d", page.ID), "application/octet-stream", "attachment"},
	} {
		a := w.want(200, call{method: "GET", path: row.path, token: token})
		for name, want := range map[string]string{
			"Content-Type":                 row.mime,
			"Content-Security-Policy":      "sandbox; default-src 'none'",
			"X-Content-Type-Options":       "nosniff",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control":                "private, max-age=86400, immutable, no-transform",
			"Vary":                         "Authorization, Cookie, Origin",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", row.path, name, got, want)
			}
		}
		if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, row.kind+";") {
			t.Errorf("%s: Content-Disposition %q", row.path, got)
		}
	}
}

func TestThumbnails(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	with, without := w.add(w.ada, teleplay.File{Size: 10}), w.add(w.ada, teleplay.File{Size: 10})
	fatal(t, w.db.SetThumb(t.Context(), with.ID, teleplay.Thumb{ETag: "abc", Bytes: []byte("\xff\xd8jpeg")}))
	for _, path := range []string{"/api/thumbnail/%d", "/api/stream/%d/thumbnail", "/api/thumbnail/%d?w=320"} {
		path := fmt.Sprintf(path, with.ID)
		a := w.want(200, call{method: "GET", path: path, token: token})
		if string(a.body) != "\xff\xd8jpeg" || a.Header.Get("Content-Type") != "image/jpeg" || a.Header.Get("Cache-Control") != "private, max-age=604800" {
			t.Errorf("%s: %q %v", path, a.body, a.Header)
		}
		h := w.want(200, call{method: "HEAD", path: path, token: token})
		if h.Header.Get("Content-Length") != "6" || h.Header.Get("ETag") != a.Header.Get("ETag") {
			t.Errorf("HEAD %s: %v", path, h.Header)
		}
		w.want(304, call{method: "GET", path: path, token: token, header: map[string][]string{"If-None-Match": {a.Header.Get("ETag")}}})
	}
	w.fails(404, "not_found", call{method: "GET", path: fmt.Sprintf("/api/thumbnail/%d", without.ID), token: token})
	w.fails(422, "invalid", call{method: "GET", path: fmt.Sprintf("/api/thumbnail/%d?w=200", with.ID), token: token})
	f := decode[struct {
		ThumbnailURL *string `json:"thumbnail_url"`
	}](t, w.want(200, call{method: "GET", path: fmt.Sprintf("/api/files/%d", with.ID), token: token}))
	if f.ThumbnailURL == nil || *f.ThumbnailURL != fmt.Sprintf("/api/thumbnail/%d", with.ID) {
		t.Errorf("thumbnail_url is %v", f.ThumbnailURL)
	}
}

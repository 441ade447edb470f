package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// ranges is every row of the contract about one Range header
// on a file of 1,000 bytes. from < 0: no bytes of the file.
var ranges = []struct {
	header   string
	status   int
	from, to int64 // inclusive
}{
	{"bytes=0-0", 206, 0, 0},
	{"bytes=0-1", 206, 0, 1}, // Safari's probe
	{"bytes=0-", 206, 0, 999},
	{"bytes=-1", 206, 999, 999},
	{"bytes=-1000", 206, 0, 999},
	{"bytes=-99999", 206, 0, 999},
	{"bytes=-99999999999999999999999", 206, 0, 999},
	{"bytes=999-", 206, 999, 999},
	{"bytes=999-999", 206, 999, 999},
	{"bytes=10-19", 206, 10, 19},
	{"bytes=900-5000", 206, 900, 999},
	{"bytes=00-09", 206, 0, 9},
	{"BYTES=0-4", 206, 0, 4},
	{"ByTeS=0-4", 206, 0, 4},
	{" bytes=0-4 ", 206, 0, 4},
	{"bytes= 0-4", 206, 0, 4},
	{"bytes=0-4,", 206, 0, 4}, // empty list elements are legal
	{"bytes=,,0-4", 206, 0, 4},
	{"bytes=5-99999999999999999999999", 206, 5, 999},
	{"bytes=1000-", 416, -1, -1},
	{"bytes=1000-2000", 416, -1, -1},
	{"bytes=2000-,3000-4000", 416, -1, -1},
	{"bytes=-0", 416, -1, -1},
	{"bytes=-00", 416, -1, -1},
	{"bytes=-0,1000-", 416, -1, -1},
	{"bytes=99999999999999999999-", 416, -1, -1},
	{"bytes=9223372036854775807-", 416, -1, -1},
	{"bytes=9223372036854775808-9223372036854775809", 416, -1, -1},
	{"bytes=18446744073709551616-18446744073709551617", 416, -1, -1},
	{"bytes=5-4", 200, 0, 999},
	{"bytes=99999999999999999999-99999999999999999998", 200, 0, 999},
	{"bytes=99999999999999999999-5", 200, 0, 999},
	{"bytes=abc", 200, 0, 999},
	{"bytes=1", 200, 0, 999},
	{"bytes=-", 200, 0, 999},
	{"bytes=", 200, 0, 999},
	{"bytes=,", 200, 0, 999},
	{"bytes=0x1-5", 200, 0, 999},
	{"bytes=1--5", 200, 0, 999},
	{"bytes=--5", 200, 0, 999},
	{"bytes=+1-5", 200, 0, 999},
	{"bytes=0 - 4", 200, 0, 999},
	{"bytes=0-4;5-6", 200, 0, 999},
	{"bytes=0-0,abc", 200, 0, 999},
	{"bytes =0-4", 200, 0, 999},
	{"bytes", 200, 0, 999},
	{"items=0-4", 200, 0, 999},
	{"0-4", 200, 0, 999},
	{"bytes=0-0,-1", 200, 0, 999},
	{"bytes=0-4,10-14", 200, 0, 999},
	{"bytes=0-4,2000-", 200, 0, 999},
	{"bytes=2000-,0-4", 200, 0, 999},
}

func TestRangesOfAFile(t *testing.T) {
	w := newWorld(t)
	f := w.add(w.ada, teleplay.File{Size: 1000, MIME: "video/mp4"})
	token := w.login(w.ada).AccessToken
	path := fmt.Sprintf("/api/stream/%d", f.ID)
	for _, row := range ranges {
		t.Run(row.header, func(t *testing.T) {
			a := w.do(call{method: "GET", path: path, token: token, header: http.Header{"Range": {row.header}}})
			if a.StatusCode != row.status {
				t.Fatalf("got %d, want %d", a.StatusCode, row.status)
			}
			checkBytes(t, f, a, row.from, row.to)
		})
	}
	t.Run("two lines", func(t *testing.T) {
		a := w.do(call{method: "GET", path: path, token: token, header: http.Header{"Range": {"bytes=0-0", "bytes=1-1"}}})
		if a.StatusCode != 200 {
			t.Fatalf("got %d", a.StatusCode)
		}
		checkBytes(t, f, a, 0, 999)
	})
	t.Run("8 KB of header", func(t *testing.T) {
		header := "bytes=0-" + string(bytes.Repeat([]byte("9"), 8<<10))
		a := w.do(call{method: "GET", path: path, token: token, header: http.Header{"Range": {header}}})
		checkBytes(t, f, a, 0, 999)
	})
}

// checkBytes holds status, headers and body against each other and the oracle.
func checkBytes(t *testing.T, f teleplay.File, a answer, from, to int64) {
	t.Helper()
	switch a.StatusCode {
	case 416:
		if got, want := a.Header.Get("Content-Range"), fmt.Sprintf("bytes */%d", f.Size); got != want {
			t.Errorf("Content-Range %q, want %q", got, want)
		}
		return
	case 206:
		if got, want := a.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-%d/%d", from, to, f.Size); got != want {
			t.Errorf("Content-Range %q, want %q", got, want)
		}
	case 200:
		if got := a.Header.Get("Content-Range"); got != "" {
			t.Errorf("Content-Range %q in a 200", got)
		}
	}
	if got, want := a.Header.Get("Content-Length"), strconv.FormatInt(to-from+1, 10); got != want {
		t.Errorf("Content-Length %q, want %q", got, want)
	}
	if got := a.Header.Get("Accept-Ranges"); got != "bytes" {
		t.Errorf("Accept-Ranges %q", got)
	}
	if got := a.Header.Get("Content-Encoding"); got != "" {
		t.Errorf("Content-Encoding %q", got)
	}
	if !bytes.Equal(a.body, made(f.Message, from, int(to-from+1))) {
		t.Errorf("%d wrong bytes from %d", len(a.body), from)
	}
}

func TestRangesAroundTheEdges(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	const gib4 = int64(4) << 30
	edges := []int64{1, teleplay.ChunkSize - 1, teleplay.ChunkSize, teleplay.ChunkSize + 1, 1<<31 - 1, 1 << 31, 1<<31 + 1, gib4 - 2, gib4 - 1}
	for _, size := range edges {
		f := w.add(w.ada, teleplay.File{Size: size})
		for _, at := range append(edges, 0) {
			if at > size {
				continue
			}
			from, to := max(0, at-3), min(at+3, size-1)
			header := fmt.Sprintf("bytes=%d-%d", from, at+3)
			a := w.do(call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token, header: http.Header{"Range": {header}}})
			if a.StatusCode != 206 {
				t.Fatalf("size %d, %s: got %d", size, header, a.StatusCode)
			}
			checkBytes(t, f, a, from, to)
		}
		n := min(5, size)
		a := w.do(call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token, header: http.Header{"Range": {"bytes=-5"}}})
		checkBytes(t, f, a, size-n, size-1)
		w.fails(416, "range_not_satisfiable", call{method: "GET", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token, header: http.Header{"Range": {fmt.Sprintf("bytes=%d-", size)}}})
		h := w.want(200, call{method: "HEAD", path: fmt.Sprintf("/api/stream/%d", f.ID), token: token})
		if got := h.Header.Get("Content-Length"); got != strconv.FormatInt(size, 10) {
			t.Errorf("HEAD of %d: Content-Length %s", size, got)
		}
	}
}

func TestWholeFiles(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	for _, size := range []int64{1, teleplay.PartSize, teleplay.ChunkSize - 1, teleplay.ChunkSize, teleplay.ChunkSize + 1, 5*teleplay.ChunkSize + 7} {
		f := w.add(w.ada, teleplay.File{Size: size})
		for _, path := range []string{"/api/stream/%d", "/api/download/%d", "/api/stream/%d/Any%%20name.mp4"} {
			a := w.want(200, call{method: "GET", path: fmt.Sprintf(path, f.ID), token: token})
			checkBytes(t, f, a, 0, size-1)
		}
	}
}

func TestEmptyFile(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 0})
	for _, header := range []string{"", "bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=5-", "bytes=5-4", "items=1-2"} {
		h := http.Header{}
		if header != "" {
			h.Set("Range", header)
		}
		for _, method := range []string{"GET", "HEAD"} {
			a := w.want(200, call{method: method, path: fmt.Sprintf("/api/stream/%d", f.ID), token: token, header: h})
			if got := a.Header.Get("Content-Length"); got != "0" || len(a.body) != 0 {
				t.Errorf("%s %q: Content-Length %q, %d bytes", method, header, got, len(a.body))
			}
		}
	}
}

func TestConditions(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 1000})
	path := fmt.Sprintf("/api/stream/%d", f.ID)
	first := w.want(200, call{method: "GET", path: path, token: token})
	tag, at := first.Header.Get("ETag"), f.Date
	if len(tag) < 10 || tag[0] != '"' {
		t.Fatalf("ETag %q is not strong", tag)
	}
	date := func(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
	if got := first.Header.Get("Last-Modified"); got != date(at) {
		t.Errorf("Last-Modified %q, want %q", got, date(at))
	}
	older, later := date(at.Add(-time.Hour)), date(at.Add(time.Hour))
	part := "bytes=10-19"
	for _, row := range []struct {
		name   string
		header map[string]string
		status int
	}{
		{"If-Range, equal tag", map[string]string{"Range": part, "If-Range": tag}, 206},
		{"If-Range, exact date", map[string]string{"Range": part, "If-Range": date(at)}, 206},
		{"If-Range, exact date, RFC 850", map[string]string{"Range": part, "If-Range": at.UTC().Format("Monday, 02-Jan-06 15:04:05 GMT")}, 206},
		{"If-Range, later date", map[string]string{"Range": part, "If-Range": later}, 200},
		{"If-Range, older date", map[string]string{"Range": part, "If-Range": older}, 200},
		{"If-Range, weak tag", map[string]string{"Range": part, "If-Range": "W/" + tag}, 200},
		{"If-Range, other tag", map[string]string{"Range": part, "If-Range": `"other"`}, 200},
		{"If-Range, garbage", map[string]string{"Range": part, "If-Range": "garbage"}, 200},
		{"If-Range, garbage, beyond the end", map[string]string{"Range": "bytes=1000-", "If-Range": "garbage"}, 200},
		{"If-Range, equal tag, beyond the end", map[string]string{"Range": "bytes=1000-", "If-Range": tag}, 416},
		{"If-Range alone", map[string]string{"If-Range": tag}, 200},
		{"If-None-Match *", map[string]string{"If-None-Match": "*"}, 304},
		{"If-None-Match ours", map[string]string{"If-None-Match": tag}, 304},
		{"If-None-Match ours, weak", map[string]string{"If-None-Match": "W/" + tag}, 304},
		{"If-None-Match list", map[string]string{"If-None-Match": `"a,b", W/"c" ,` + tag}, 304},
		{"If-None-Match ours and Range", map[string]string{"If-None-Match": tag, "Range": part}, 304},
		{"If-None-Match differs", map[string]string{"If-None-Match": `"other"`}, 200},
		{"If-None-Match differs, same date", map[string]string{"If-None-Match": `"other"`, "If-Modified-Since": date(at)}, 200},
		{"If-None-Match differs, Range", map[string]string{"If-None-Match": `"other"`, "Range": part}, 206},
		{"If-None-Match garbage", map[string]string{"If-None-Match": "garbage"}, 200},
		{"If-Modified-Since same", map[string]string{"If-Modified-Since": date(at)}, 304},
		{"If-Modified-Since same and Range", map[string]string{"If-Modified-Since": date(at), "Range": part}, 304},
		{"If-Modified-Since later", map[string]string{"If-Modified-Since": later}, 304},
		{"If-Modified-Since older", map[string]string{"If-Modified-Since": older}, 200},
		{"If-Modified-Since garbage", map[string]string{"If-Modified-Since": "yesterday"}, 200},
		{"If-Match ours", map[string]string{"If-Match": tag}, 200},
		{"If-Match *", map[string]string{"If-Match": "*"}, 200},
		{"If-Match list", map[string]string{"If-Match": `"other", ` + tag, "Range": part}, 206},
		{"If-Match other", map[string]string{"If-Match": `"other"`}, 412},
		{"If-Match weak", map[string]string{"If-Match": "W/" + tag}, 412},
		{"If-Match other, Range", map[string]string{"If-Match": `"other"`, "Range": part}, 412},
		{"If-Match ours, older date", map[string]string{"If-Match": tag, "If-Unmodified-Since": older}, 200},
		{"If-Unmodified-Since same", map[string]string{"If-Unmodified-Since": date(at)}, 200},
		{"If-Unmodified-Since older", map[string]string{"If-Unmodified-Since": older}, 412},
		{"If-Unmodified-Since garbage", map[string]string{"If-Unmodified-Since": "x"}, 200},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := http.Header{}
			for k, v := range row.header {
				h.Set(k, v)
			}
			a := w.do(call{method: "GET", path: path, token: token, header: h})
			if a.StatusCode != row.status {
				t.Fatalf("got %d, want %d", a.StatusCode, row.status)
			}
			switch row.status {
			case 206:
				checkBytes(t, f, a, 10, 19)
			case 200:
				checkBytes(t, f, a, 0, 999)
			case 304:
				// A cache takes a 304's headers for its copy: the sandbox stays.
				for _, name := range []string{"ETag", "Cache-Control", "Vary", "Content-Security-Policy"} {
					if a.Header.Get(name) != first.Header.Get(name) {
						t.Errorf("304 has %s %q, 200 has %q", name, a.Header.Get(name), first.Header.Get(name))
					}
				}
			}
			head := w.do(call{method: "HEAD", path: path, token: token, header: h})
			want := row.status
			if want == 206 || want == 416 {
				want = 200
			}
			if head.StatusCode != want || len(head.body) > 0 {
				t.Errorf("HEAD: got %d with %d bytes, want %d", head.StatusCode, len(head.body), want)
			}
		})
	}
}

func TestIfRangeTwiceIsNone(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 1000})
	path := fmt.Sprintf("/api/stream/%d", f.ID)
	tag := w.want(200, call{method: "HEAD", path: path, token: token}).Header.Get("ETag")
	w.want(200, call{method: "GET", path: path, token: token, header: http.Header{"Range": {"bytes=10-19"}, "If-Range": {tag, tag}}})
}

func TestHeadIsGetWithoutBytes(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 3 * teleplay.ChunkSize, MIME: "video/mp4"})
	for _, path := range []string{"/api/stream/%d", "/api/download/%d", "/api/stream/%d/x.mp4", "/api/stream/%d?download=1"} {
		c := call{method: "GET", path: fmt.Sprintf(path, f.ID), token: token}
		get := w.want(200, c)
		c.method, c.header = "HEAD", http.Header{"Range": {"bytes=0-4"}}
		head := w.want(200, c)
		for _, name := range []string{"Content-Length", "Content-Type", "Content-Disposition", "ETag", "Last-Modified", "Accept-Ranges", "Cache-Control", "Vary", "Content-Security-Policy"} {
			if get.Header.Get(name) != head.Header.Get(name) || head.Header.Get(name) == "" {
				t.Errorf("%s %s: GET %q, HEAD %q", path, name, get.Header.Get(name), head.Header.Get(name))
			}
		}
	}
}

func TestOtherMethodsOnAStream(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 10})
	for _, path := range []string{"/api/stream/%d", "/api/download/%d", "/api/thumbnail/%d", "/api/stream/%d/x.mp4"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "TRACE", "PATCH"} {
			a := w.fails(405, "method_not_allowed", call{method: method, path: fmt.Sprintf(path, f.ID), token: token})
			for _, allowed := range []string{"GET", "HEAD"} {
				if !bytes.Contains([]byte(a.Header.Get("Allow")), []byte(allowed)) {
					t.Errorf("%s %s: Allow is %q", method, path, a.Header.Get("Allow"))
				}
			}
		}
	}
}

func TestETagIsOfChannelMessageAndSize(t *testing.T) {
	tag := func(channel int64, skip int32, f teleplay.File) string {
		w := newWorld(t, func(o *api.Options) { o.Channel = channel })
		w.uploads = skip
		f = w.add(w.ada, f)
		return w.want(200, call{method: "HEAD", path: fmt.Sprintf("/api/stream/%d", f.ID), token: w.login(w.ada).AccessToken}).Header.Get("ETag")
	}
	one := tag(channel, 0, teleplay.File{Size: 100})
	if other := tag(channel, 0, teleplay.File{Size: 100, Name: "another name.mkv"}); other != one {
		t.Errorf("two nodes, two tags: %s %s", one, other)
	}
	for what, other := range map[string]string{
		"channel": tag(channel-1, 0, teleplay.File{Size: 100}),
		"message": tag(channel, 1, teleplay.File{Size: 100}),
		"size":    tag(channel, 0, teleplay.File{Size: 101}),
	} {
		if other == one {
			t.Errorf("another %s has the same tag", what)
		}
	}
}

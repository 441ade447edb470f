package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

func TestBadInput(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits.Off = true })
	token := w.login(w.ada).AccessToken
	f := w.add(w.ada, teleplay.File{Size: 10})
	file := fmt.Sprintf("/api/files/%d", f.ID)
	for _, row := range []struct {
		method, path string
		body         any
		status       int
		code         string
	}{
		// Ids.
		{"GET", "/api/files/abc", nil, 422, "invalid"},
		{"GET", "/api/files/0", nil, 422, "invalid"},
		{"GET", "/api/files/-1", nil, 422, "invalid"},
		{"GET", "/api/files/+1", nil, 422, "invalid"},
		{"GET", "/api/files/01", nil, 422, "invalid"},
		{"GET", "/api/files/1.0", nil, 422, "invalid"},
		{"GET", "/api/files/0x1", nil, 422, "invalid"},
		{"GET", "/api/files/2147483648", nil, 422, "invalid"},
		{"GET", "/api/files/4294967297", nil, 422, "invalid"},
		{"GET", "/api/files/99999999999999999999", nil, 422, "invalid"},
		{"GET", "/api/files/%31", nil, 422, "invalid"},
		{"GET", "/api/files/1%00", nil, 422, "invalid"},
		{"GET", "/api/stream/abc", nil, 422, "invalid"},
		{"GET", "/api/download/abc", nil, 422, "invalid"},
		{"GET", "/api/thumbnail/abc", nil, 422, "invalid"},
		{"GET", "/api/folders/abc", nil, 422, "invalid"},
		{"PATCH", "/api/folders/0", map[string]any{"name": "x"}, 422, "invalid"},
		{"DELETE", "/api/folders/0", nil, 422, "invalid"},
		// Queries.
		{"GET", "/api/files?page=0", nil, 422, "invalid"},
		{"GET", "/api/files?page=-1", nil, 422, "invalid"},
		{"GET", "/api/files?page=x", nil, 422, "invalid"},
		{"GET", "/api/files?per_page=0", nil, 422, "invalid"},
		{"GET", "/api/files?per_page=101", nil, 422, "invalid"},
		{"GET", "/api/files?folder_id=", nil, 422, "invalid"},
		{"GET", "/api/files?folder_id=x", nil, 422, "invalid"},
		{"GET", "/api/files?sort=size;drop", nil, 422, "invalid"},
		{"GET", "/api/files?order=up", nil, 422, "invalid"},
		{"GET", "/api/files?fields=name", nil, 422, "invalid"},
		{"GET", "/api/files?cursor=garbage", nil, 422, "invalid"},
		{"GET", "/api/files?search=" + strings.Repeat("x", 257), nil, 422, "invalid"},
		{"GET", "/api/folders?all=2", nil, 422, "invalid"},
		{"GET", "/api/folders?parent_id=-1", nil, 422, "invalid"},
		{"GET", fmt.Sprintf("/api/stream/%d?download=2", f.ID), nil, 422, "invalid"},
		{"DELETE", file + "?permanent=yes", nil, 422, "invalid"},
		{"DELETE", "/api/folders/1?move_files_to=x", nil, 422, "invalid"},
		// Bodies.
		{"PATCH", file, "{", 400, "bad_request"},
		{"PATCH", file, "[]", 400, "bad_request"},
		{"PATCH", file, "null", 400, "bad_request"},
		{"PATCH", file, `"x"`, 400, "bad_request"},
		{"PATCH", file, `{} {}`, 400, "bad_request"},
		{"PATCH", file, `{"file_name":"x"}garbage`, 400, "bad_request"},
		{"PATCH", file, "\xff\xfe", 400, "bad_request"},
		{"PATCH", file, strings.Repeat("[", 100_000), 400, "bad_request"},
		{"PATCH", file, `{"a":` + strings.Repeat("[", 100_000), 400, "bad_request"},
		{"PATCH", file, `{"file_name":5}`, 422, "invalid"},
		{"PATCH", file, `{"file_name":""}`, 422, "invalid"},
		{"PATCH", file, `{"file_name":"a\u0000b"}`, 422, "invalid"},
		{"PATCH", file, `{"file_name":"` + strings.Repeat("x", 300) + `"}`, 422, "invalid"},
		{"PATCH", file, `{"folder_id":-1}`, 422, "invalid"},
		{"PATCH", file, `{"folder_id":2147483648}`, 422, "invalid"},
		{"PATCH", file, `{"folder_id":1.5}`, 422, "invalid"},
		{"PATCH", file, `{"folder_id":"1"}`, 422, "invalid"},
		{"POST", "/api/folders", `{}`, 422, "invalid"},
		{"POST", "/api/folders", nil, 422, "invalid"},
		{"POST", "/api/folders", `{"name":"x","parent_id":-1}`, 422, "invalid"},
		{"PUT", file + "/progress", `{}`, 422, "invalid"},
		{"PUT", file + "/progress", `{"position":"1"}`, 422, "invalid"},
		{"PUT", file + "/progress", `{"position":1e300}`, 422, "invalid"},
		{"PUT", file + "/progress", `{"position":1e999}`, 422, "invalid"},
		{"PUT", file + "/progress", `{"position":1,"at":"yesterday"}`, 422, "invalid"},
		{"PUT", file + "/progress", `{"position":NaN}`, 400, "bad_request"},
		{"POST", "/api/tv/progress", `{"position":1}`, 422, "invalid"},
		{"POST", "/api/tv/progress", `{"position":1,"file_id":0}`, 422, "invalid"},
		{"POST", verify, `{}`, 422, "invalid"},
		{"POST", verify, `{"code":"123456","wait":26}`, 422, "invalid"},
		{"POST", verify, `{"code":"123456","wait":-1}`, 422, "invalid"},
		{"POST", verify, `{"code":123456}`, 422, "invalid"},
		{"POST", generate, `{"device_name":1}`, 422, "invalid"},
		{"POST", "/api/auth/refresh", `{"refresh_token":1}`, 422, "invalid"},
		// Routes that are not there.
		{"GET", "/api/nope", nil, 404, "not_found"},
		{"POST", "/api/nope", nil, 404, "not_found"},
		{"GET", "/api", nil, 404, "not_found"},
		{"GET", "/api/", nil, 404, "not_found"},
		{"GET", "/api/files/", nil, 404, "not_found"},
		{"GET", "/api/public/0123456789abcdef0123456789abcdef", nil, 404, "not_found"},
		{"GET", "/api/tv/browse", nil, 404, "not_found"},
		{"POST", "/api/auth/logout-all", nil, 404, "not_found"},
		{"OPTIONS", "/api/nope", nil, 404, "not_found"},
		// Methods that are not there.
		{"DELETE", "/api/files", nil, 405, "method_not_allowed"},
		{"GET", verify, nil, 405, "method_not_allowed"},
		{"POST", "/health", nil, 405, "method_not_allowed"},
		{"POST", "/login", nil, 405, "method_not_allowed"},
	} {
		a := w.do(call{method: row.method, path: row.path, body: row.body, token: token})
		got := decode[failure](t, a)
		if a.StatusCode != row.status || got.Code != row.code || got.Detail == "" || got.RequestID == "" || got.RequestID != a.Header.Get("X-Request-Id") {
			t.Errorf("%s %s %.60v: got %d %s, want %d %s", row.method, row.path, row.body, a.StatusCode, a.body, row.status, row.code)
		}
		if row.status == 405 && a.Header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", row.method, row.path)
		}
	}
	a := w.fails(422, "invalid", call{method: "PATCH", path: file, body: `{"folder_id":"1"}`, token: token})
	if e := decode[failure](t, a).Errors; len(e) != 1 || e[0].Field != "folder_id" {
		t.Errorf("errors are %+v", e)
	}
	if o := w.do(call{method: "OPTIONS", path: "/api/files"}); o.StatusCode != 204 || !strings.Contains(o.Header.Get("Allow"), "GET") {
		t.Errorf("OPTIONS: %d %v", o.StatusCode, o.Header)
	}
	// Unknown fields are ignored, and a POST needs no Content-Type.
	w.want(200, call{method: "PATCH", path: file, body: `{"file_name":"New.mp4","favourite_colour":"blue"}`, token: token})
}

// What is no HTTP gets an answer of the same shape and ends the connection.
func TestBrokenRequests(t *testing.T) {
	w := newWorld(t)
	for name, row := range map[string]struct {
		text   string
		status int
	}{
		"no HTTP":         {"hello\r\n\r\n", 400},
		"header too long": {"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", 431},
		"body too long":   {"POST /api/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n", 413},
		"bad length":      {"POST /api/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", w.addr)
			fatal(t, err)
			defer c.Close()
			_, _ = io.WriteString(c, row.text)
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			fatal(t, err)
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != row.status || !strings.Contains(string(body), `"request_id"`) || res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("got %d %v: %s", res.StatusCode, res.Header, body)
			}
		})
	}
}

func TestPlainlyDone(t *testing.T) {
	w := newWorld(t)
	token := w.login(w.ada).AccessToken
	folder := decode[struct{ ID int32 }](t, w.want(201, call{method: "POST", path: "/api/folders", body: map[string]any{"name": "Films"}, token: token}))
	w.fails(400, "name_taken", call{method: "POST", path: "/api/folders", body: map[string]any{"name": "films"}, token: token})
	inner := decode[struct{ ID int32 }](t, w.want(201, call{method: "POST", path: "/api/folders", body: map[string]any{"name": "Series", "parent_id": folder.ID}, token: token}))
	w.fails(400, "folder_cycle", call{method: "PATCH", path: fmt.Sprintf("/api/folders/%d", folder.ID), body: map[string]any{"parent_id": inner.ID}, token: token})
	f := w.add(w.ada, teleplay.File{Size: 10, Duration: 400, MIME: "video/mp4", Placeholder: []byte("\xff\xd8")})
	g := w.add(w.ada, teleplay.File{Size: 20, Name: "Song.mp3", Kind: teleplay.Audio})
	moved := w.want(200, call{method: "PATCH", path: fmt.Sprintf("/api/files/%d", f.ID), body: map[string]any{"folder_id": inner.ID}, token: token})
	if !strings.Contains(string(moved.body), fmt.Sprintf(`"folder_id":%d`, inner.ID)) {
		t.Errorf("moved is %s", moved.body)
	}
	for path, want := range map[string][]int32{
		"/api/files":             {g.ID},
		"/api/files?folder_id=0": {g.ID},
		fmt.Sprintf("/api/files?folder_id=%d", inner.ID):     {f.ID},
		"/api/files?search=FILM":                             {f.ID},
		"/api/files?file_type=audio":                         {g.ID},
		"/api/files?file_type=nope":                          {},
		"/api/files?file_type=video&sort=name":               {f.ID},
		"/api/files?search=m&sort=size&order=asc&per_page=1": {f.ID},
		"/api/files?search=%25":                              {},
		"/api/files?search=&page=2":                          {},
		"/api/files?file_type=audio&fields=id":               nil,
		"/api/files?search=x&fields=id":                      nil,
	} {
		list := decode[struct {
			Files []struct{ ID int32 }
			IDs   []int32
			Total int
		}](t, w.want(200, call{method: "GET", path: path, token: token}))
		got := []int32{}
		for _, f := range list.Files {
			got = append(got, f.ID)
		}
		if want != nil && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
		if want == nil && (len(got) != 0 || list.IDs == nil) {
			t.Errorf("%s: %+v", path, list)
		}
	}
	for path, want := range map[string]int{"/api/folders": 1, "/api/folders?all=1": 2, fmt.Sprintf("/api/folders?parent_id=%d", folder.ID): 1} {
		if got := decode[[]any](t, w.want(200, call{method: "GET", path: path, token: token})); len(got) != want {
			t.Errorf("%s: %d folders, want %d", path, len(got), want)
		}
	}
	view := decode[struct {
		ID         int32
		Folder     struct{ ID int32 }
		Files      []struct{ ID int32 }
		ParentPath []struct{ ID int32 } `json:"parent_path"`
	}](t, w.want(200, call{method: "GET", path: fmt.Sprintf("/api/folders/%d", inner.ID), token: token}))
	if view.ID != inner.ID || view.Folder.ID != inner.ID || len(view.Files) != 1 || len(view.ParentPath) != 1 || view.ParentPath[0].ID != folder.ID {
		t.Errorf("view is %+v", view)
	}
	w.want(200, call{method: "GET", path: "/api/tv/folder/0", token: token})

	progress := fmt.Sprintf("/api/files/%d/progress", f.ID)
	w.want(200, call{method: "GET", path: progress, token: token})
	// The old web posts fractions and null; what is sent are whole numbers.
	a := w.want(200, call{method: "POST", path: progress, body: `{"position":100.7,"duration":null,"completed":null}`, token: token})
	if !strings.Contains(string(a.body), `"position":100,`) {
		t.Errorf("saved is %s", a.body)
	}
	w.want(200, call{method: "PUT", path: progress, body: `{"position":-5,"duration":400.064}`, token: token})
	a = w.want(200, call{method: "POST", path: "/api/tv/progress", body: fmt.Sprintf(`{"file_id":%d,"position":390,"at":"2026-07-01T12:00:00Z"}`, f.ID), token: token})
	if strings.Contains(string(a.body), `"position":390`) {
		t.Errorf("an older save was taken: %s", a.body)
	}
	a = w.want(200, call{method: "POST", path: "/api/tv/progress", body: fmt.Sprintf(`{"file_id":%d,"position":390}`, f.ID), token: token})
	if !strings.Contains(string(a.body), `"completed":true`) {
		t.Errorf("saved is %s", a.body)
	}
	w.want(204, call{method: "DELETE", path: progress, token: token})

	w.want(200, call{method: "DELETE", path: fmt.Sprintf("/api/folders/%d?move_files_to=0", folder.ID), token: token})
	w.want(200, call{method: "GET", path: fmt.Sprintf("/api/files/%d", f.ID), token: token})
	w.want(200, call{method: "DELETE", path: fmt.Sprintf("/api/files/%d", f.ID), token: token})
	w.fails(404, "not_found", call{method: "DELETE", path: fmt.Sprintf("/api/files/%d", f.ID), token: token})
	w.want(200, call{method: "DELETE", path: fmt.Sprintf("/api/files/%d?permanent=1", g.ID), token: token})
	due, err := w.db.ChannelDeletes(t.Context(), 10)
	fatal(t, err)
	if len(due) != 1 || due[0] != g.Message {
		t.Errorf("channel deletes are %v, want %d", due, g.Message)
	}
}

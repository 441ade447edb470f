package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// Bob asks for what is Ada's, for what is in Ada's trash and for what is nowhere:
// on each route the same 404, word for word. Without a login each is a 401.
func TestOthersThingsAreNotThere(t *testing.T) {
	w := newWorld(t, func(o *api.Options) { o.Limits.Misses = 10_000 })
	bob := w.login(w.bob).AccessToken
	file := w.add(w.ada, teleplay.File{Size: 1000})
	fatal(t, w.db.SetThumb(t.Context(), file.ID, teleplay.Thumb{ETag: "a", Bytes: []byte("x")}))
	trashed := w.add(w.bob, teleplay.File{Size: 1000})
	fatal(t, w.db.TrashFile(t.Context(), w.bob.ID, trashed.ID))
	folder, err := w.db.AddFolder(t.Context(), w.ada.ID, "Ada's", 0)
	fatal(t, err)
	mine := w.add(w.bob, teleplay.File{Size: 10})
	own, err := w.db.AddFolder(t.Context(), w.bob.ID, "Bob's", 0)
	fatal(t, err)

	position := map[string]any{"position": 5}
	name := map[string]any{"file_name": "x.mp4"}
	for _, row := range []struct {
		method, path string
		body         func(id int32) any
		folder       bool
	}{
		{method: "GET", path: "/api/files/%d"},
		{method: "PATCH", path: "/api/files/%d", body: func(int32) any { return name }},
		{method: "DELETE", path: "/api/files/%d"},
		{method: "GET", path: "/api/files/%d/progress"},
		{method: "PUT", path: "/api/files/%d/progress", body: func(int32) any { return position }},
		{method: "POST", path: "/api/files/%d/progress", body: func(int32) any { return position }},
		{method: "DELETE", path: "/api/files/%d/progress"},
		{method: "POST", path: "/api/tv/progress#%d", body: func(id int32) any { return map[string]any{"file_id": id, "position": 5} }},
		{method: "GET", path: "/api/stream/%d"},
		{method: "GET", path: "/api/stream/%d/film.mp4"},
		{method: "GET", path: "/api/download/%d"},
		{method: "GET", path: "/api/thumbnail/%d"},
		{method: "GET", path: "/api/stream/%d/thumbnail"},
		{method: "GET", path: "/api/folders/%d", folder: true},
		{method: "GET", path: "/api/tv/folder/%d", folder: true},
		{method: "PATCH", path: "/api/folders/%d", body: func(int32) any { return map[string]any{"name": "x"} }, folder: true},
		{method: "DELETE", path: "/api/folders/%d", folder: true},
		{method: "DELETE", path: "/api/folders/%d?permanent=1", folder: true},
		// Ids in bodies and queries are checked like those in paths.
		{method: "PATCH", path: fmt.Sprintf("/api/files/%d", mine.ID) + "#%d", body: func(id int32) any { return map[string]any{"folder_id": id} }, folder: true},
		{method: "POST", path: "/api/folders#%d", body: func(id int32) any { return map[string]any{"name": "y", "parent_id": id} }, folder: true},
		{method: "PATCH", path: fmt.Sprintf("/api/folders/%d", own.ID) + "#%d", body: func(id int32) any { return map[string]any{"parent_id": id} }, folder: true},
		{method: "DELETE", path: fmt.Sprintf("/api/folders/%d", own.ID) + "?move_files_to=%d", folder: true},
		{method: "DELETE", path: "/api/files/%d?permanent=1"},
	} {
		t.Run(row.method+" "+row.path, func(t *testing.T) {
			ids := []int32{2147483000, file.ID, trashed.ID}
			if row.folder {
				ids = []int32{2147483000, folder.ID}
			} else if strings.Contains(row.path, "permanent") {
				ids = ids[:2] // one's own trash may be purged
			}
			seen := ""
			for _, id := range ids {
				path, _, _ := strings.Cut(fmt.Sprintf(row.path, id), "#")
				c := call{method: row.method, path: path, token: bob}
				if row.body != nil {
					c.body = row.body(id)
				}
				a := w.want(404, c)
				if seen == "" {
					seen = without(a)
				}
				if got := without(a); got != seen {
					t.Errorf("%d differs:\n%s\n%s", id, got, seen)
				}
				c.token = ""
				w.fails(401, "unauthenticated", c)
			}
		})
	}
	for _, path := range []string{"/api/files?folder_id=%d", "/api/folders?parent_id=%d"} {
		unknown := w.want(200, call{method: "GET", path: fmt.Sprintf(path, 2147483000), token: bob})
		foreign := w.want(200, call{method: "GET", path: fmt.Sprintf(path, folder.ID), token: bob})
		if string(unknown.body) != string(foreign.body) {
			t.Errorf("%s: %s %s", path, unknown.body, foreign.body)
		}
	}
	// Nothing of Ada's has changed.
	if f, err := w.db.File(t.Context(), w.ada.ID, file.ID); err != nil || f.Name != file.Name || f.Progress != nil {
		t.Errorf("Ada's file is %+v, %v", f, err)
	}
}

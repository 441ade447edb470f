package catalog_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"pgregory.net/rapid"
)

func names(files []teleplay.File) (names []string) {
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names
}

func testList(t *testing.T, w *world) {
	ctx := t.Context()
	series := w.folder(t, w.a, "Series", 0)
	for i, name := range []string{"Folge 10", "Folge 9", "folge 009b", "Straße", "100%_\\", "Éclair"} {
		u := w.upload(w.a, name)
		u.File.Size, u.File.Duration = []int64{3, 5, 0, 4 << 30, 1, 2}[i], float64(10-i)
		if i < 3 {
			u.File.Folder = series
		} else {
			u.File.Kind = teleplay.Audio
		}
		f := must(w.AddFile(ctx, u))(t)
		if i%2 == 0 {
			w.clock.advance(time.Second)
			must(w.SaveProgress(ctx, w.a, f.ID, teleplay.ProgressUpdate{Position: 1}))(t)
		}
	}
	w.file(t, w.b, "Folge of another", 0)
	ok(t, w.TrashFile(ctx, w.a, w.file(t, w.a, "Folge in the trash", 0).ID))

	for _, c := range []struct {
		name  string
		query teleplay.FileQuery
		want  []string
		total int
	}{
		{"zero value", teleplay.FileQuery{}, []string{"Éclair", "100%_\\", "Straße", "folge 009b", "Folge 9", "Folge 10"}, 6},
		{"oldest", teleplay.FileQuery{Sort: "created_at", Asc: true, PerPage: 2}, []string{"Folge 10", "Folge 9"}, 6},
		{"page 2", teleplay.FileQuery{Asc: true, PerPage: 4, Page: 2}, []string{"100%_\\", "Éclair"}, 6},
		{"page 9", teleplay.FileQuery{PerPage: 100, Page: 9}, nil, 6},
		{"natural order", teleplay.FileQuery{Sort: "name", Asc: true}, []string{"100%_\\", "Folge 9", "folge 009b", "Folge 10", "Straße", "Éclair"}, 6},
		{"size", teleplay.FileQuery{Sort: "size", PerPage: 3}, []string{"Straße", "Folge 9", "Folge 10"}, 6},
		{"duration", teleplay.FileQuery{Sort: "duration", Asc: true, PerPage: 2}, []string{"Éclair", "100%_\\"}, 6},
		{"watched", teleplay.FileQuery{Sort: "watched_at", PerPage: 3}, []string{"100%_\\", "folge 009b", "Folge 10"}, 6},
		{"kind", teleplay.FileQuery{Kind: teleplay.Video, Sort: "name"}, []string{"Folge 10", "folge 009b", "Folge 9"}, 3},
		{"folder", teleplay.FileQuery{Folder: &series, Sort: "name", Asc: true}, []string{"Folge 9", "folge 009b", "Folge 10"}, 3},
		{"root", teleplay.FileQuery{Folder: ptr(int32(0)), Sort: "name", Asc: true}, []string{"100%_\\", "Straße", "Éclair"}, 3},
		{"case folded", teleplay.FileQuery{Search: "STRASSE"}, []string{"Straße"}, 1},
		{"other writing of an accent", teleplay.FileQuery{Search: "e\u0301CLAIR"}, []string{"Éclair"}, 1},
		{"percent is a percent", teleplay.FileQuery{Search: "%"}, []string{"100%_\\"}, 1},
		{"underscore", teleplay.FileQuery{Search: "_"}, []string{"100%_\\"}, 1},
		{"backslash", teleplay.FileQuery{Search: "\\"}, []string{"100%_\\"}, 1},
		{"part of a name", teleplay.FileQuery{Search: "OLGE", Folder: &series, PerPage: 1}, []string{"folge 009b"}, 3},
		{"quote", teleplay.FileQuery{Search: "' OR 1=1 --"}, nil, 0},
	} {
		l, err := w.Files(ctx, w.a, c.query)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if got := names(l.Files); !slices.Equal(got, c.want) || l.Total != c.total {
			t.Errorf("%s: %q of %d, want %q of %d", c.name, got, l.Total, c.want, c.total)
		}
		c.query.IDsOnly = true
		ids := must(w.Files(ctx, w.a, c.query))(t)
		if len(ids.IDs) != c.total || ids.Total != c.total || ids.Files != nil {
			t.Errorf("%s: ids %v of %d", c.name, ids.IDs, ids.Total)
		}
		if c.query.Page == 0 && len(l.Files) > 0 && l.Files[0].ID != ids.IDs[0] {
			t.Errorf("%s: ids in another order", c.name)
		}
	}
	l := must(w.Files(ctx, w.a, teleplay.FileQuery{}))(t)
	if l.Page != 1 || l.PerPage != 20 || l.NextCursor != "" {
		t.Errorf("page %d, per page %d, cursor %q", l.Page, l.PerPage, l.NextCursor)
	}
}

func testListInvalid(t *testing.T, w *world) {
	for _, q := range []teleplay.FileQuery{
		{Sort: "id"}, {Page: -1}, {Page: 1 << 40}, {PerPage: -1}, {PerPage: 101},
		{Cursor: "garbage!"}, {Cursor: "e30"}, {Cursor: "eyJzIjoibmFtZSIsIm4iOjF9"}, {Cursor: "eyJzIjoic2l6ZSJ9"},
		{Search: fmt.Sprintf("%300d", 1)},
	} {
		_, err := w.Files(t.Context(), w.a, q)
		wantErr(t, err, teleplay.ErrInvalid, "")
	}
	_, err := w.Files(t.Context(), w.a, teleplay.FileQuery{Folder: ptr(int32(77))})
	wantErr(t, err, teleplay.ErrNotFound, "")
}

// However rows come and go between pages, a walk by cursor gives each row that was
// there all the time once, in order.
func testCursor(t *testing.T, w *world) {
	ctx := t.Context()
	telegram := int64(2000)
	rapid.Check(t, func(rt *rapid.T) {
		telegram++
		user := w.user(t, telegram) // an empty library each time
		add := func() int32 {
			u := w.upload(user, rapid.SampledFrom([]string{"a", "A", "b 2", "b 10", "b 02"}).Draw(rt, "name"))
			u.File.Size = rapid.Int64Range(0, 2).Draw(rt, "size")
			u.File.Duration = float64(rapid.IntRange(0, 2).Draw(rt, "duration")) / 3
			if rapid.Bool().Draw(rt, "same moment") {
				w.clock.advance(-time.Second)
			}
			return must(w.AddFile(ctx, u))(t).ID
		}
		stay := map[int32]bool{}
		for range rapid.IntRange(0, 8).Draw(rt, "files") {
			stay[add()] = true
		}
		q := teleplay.FileQuery{
			Sort:    rapid.SampledFrom([]string{"created_at", "name", "size", "duration", "watched_at"}).Draw(rt, "sort"),
			Asc:     rapid.Bool().Draw(rt, "asc"),
			PerPage: rapid.IntRange(1, 5).Draw(rt, "per page"),
		}
		all := must(w.Files(ctx, user, teleplay.FileQuery{Sort: q.Sort, Asc: q.Asc, IDsOnly: true}))(t).IDs
		var walked []int32
		for {
			l := must(w.Files(ctx, user, q))(t)
			for _, f := range l.Files {
				walked = append(walked, f.ID)
			}
			if q.Cursor = l.NextCursor; q.Cursor == "" {
				break
			}
			if len(walked) < 16 && rapid.Bool().Draw(rt, "insert") {
				add()
			}
			if rapid.Bool().Draw(rt, "remove the cursor's row") {
				id := walked[len(walked)-1]
				ok(t, w.PurgeFile(ctx, user, id))
				delete(stay, id)
				walked = walked[:len(walked)-1]
			}
		}
		keep := func(id int32) bool { return !stay[id] }
		got, want := slices.DeleteFunc(walked, keep), slices.DeleteFunc(all, keep)
		if !slices.Equal(got, want) {
			rt.Fatalf("walked %v, want %v", got, want)
		}
	})
}

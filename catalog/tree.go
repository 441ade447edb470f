package catalog

import (
	"cmp"
	"slices"

	"github.com/teleplay/teleplay"
)

// previews is how many files of its branch a folder shows.
const previews = 4

// tree is all live folders of one user with their counts, made by three queries
// however many folders there are. Folder 0 is the root.
type tree struct {
	user    int32
	folders map[int32]*teleplay.Folder
	flat    []int32           // all but the root, by name
	below   map[int32][]int32 // by name
	newest  map[int32][]place // of the branch, newest first, ≤ previews
}

// place is a file as far as picking previews needs it.
type place struct {
	folder, id int32
	created    int64
}

func (t *tx) tree(user int32) (*tree, error) {
	tr := &tree{
		user:    user,
		folders: map[int32]*teleplay.Folder{0: {User: user}},
		below:   map[int32][]int32{},
		newest:  map[int32][]place{},
	}
	folders, err := list(t, scanFolder, selectFolder+`WHERE user_id = $1 AND deleted_at IS NULL ORDER BY name_sort, id`, user)
	if err != nil {
		return nil, err
	}
	for _, f := range folders {
		tr.folders[f.ID] = &f
		tr.flat = append(tr.flat, f.ID)
		tr.below[f.Parent] = append(tr.below[f.Parent], f.ID)
	}
	counts, err := list(t, func(s scanner) (c [2]int, err error) {
		err = s.Scan(&c[0], &c[1])
		return c, err
	}, `SELECT coalesce(folder_id, 0), count(*) FROM files WHERE user_id = $1 AND deleted_at IS NULL GROUP BY coalesce(folder_id, 0)`, user)
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		if f := tr.folders[int32(c[0])]; f != nil {
			f.Files = c[1]
		}
	}
	// Each inner query takes its rows off the end of the index files_shelf, which
	// SQLite uses only when the other side has no column's affinity: hence the plus
	// (50,000 files in 1,000 folders: 7 ms instead of 4 s).
	places, err := list(t, func(s scanner) (p place, err error) {
		err = s.Scan(&p.folder, &p.id, &p.created)
		return p, err
	}, `SELECT d.id, f.id, f.created_at
		FROM (SELECT id FROM folders WHERE user_id = $1 AND deleted_at IS NULL UNION ALL SELECT 0) d
		JOIN files f ON f.id IN (SELECT n.id FROM files n WHERE n.user_id = $1 AND coalesce(n.folder_id, 0) = +d.id AND n.deleted_at IS NULL
			ORDER BY n.created_at DESC, n.id DESC LIMIT $2)`, user, previews)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		tr.newest[p.folder] = append(tr.newest[p.folder], p)
	}
	tr.sum(0)
	return tr, nil
}

// sum fills in what folder id has from its branch.
func (tr *tree) sum(id int32) {
	f := tr.folders[id]
	f.Total = f.Files
	all := tr.newest[id]
	for _, child := range tr.below[id] {
		tr.sum(child)
		f.Total += tr.folders[child].Total
		all = append(all, tr.newest[child]...)
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.created, a.created), cmp.Compare(b.id, a.id))
	})
	tr.newest[id] = all[:min(len(all), previews)]
}

// path is the way from the root down to the parent of folder id.
func (tr *tree) path(id int32) []int32 {
	var up []int32
	for id != 0 {
		if id = tr.folders[id].Parent; id != 0 {
			up = append(up, id)
		}
	}
	slices.Reverse(up)
	return up
}

// show gives the lists of folders with their previews, which all lists read
// together.
func (t *tx) show(tr *tree, lists ...[]int32) ([][]teleplay.Folder, error) {
	var want []int32
	for _, ids := range lists {
		for _, id := range ids {
			for _, p := range tr.newest[id] {
				want = append(want, p.id)
			}
		}
	}
	slices.Sort(want)
	files := map[int32]teleplay.File{}
	for some := range slices.Chunk(slices.Compact(want), 500) { // placeholders of one query
		args := []any{tr.user}
		for _, id := range some {
			args = append(args, id)
		}
		found, err := list(t, scanFile, selectFile+`WHERE f.user_id = $1 AND f.id IN (`+places(2, len(some))+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			files[f.ID] = f
		}
	}
	shown := make([][]teleplay.Folder, len(lists))
	for i, ids := range lists {
		for _, id := range ids {
			f := *tr.folders[id]
			for _, p := range tr.newest[id] {
				f.Preview = append(f.Preview, files[p.id])
			}
			shown[i] = append(shown[i], f)
		}
	}
	return shown, nil
}

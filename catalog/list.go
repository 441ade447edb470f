package catalog

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/teleplay/teleplay"
)

const (
	defaultPage = 20
	maxPerPage  = 100
	maxPage     = 1 << 20 // far beyond any library, far below an overflow
	maxIDs      = 10_000
)

// sortKeys are the expressions that a list can be sorted by. Ids break ties, so
// that a row has one place.
var sortKeys = map[string]string{
	"created_at": "f.created_at",
	"name":       "f.name_sort",
	"size":       "f.file_size",
	"duration":   "f.duration",
	"watched_at": "coalesce(p.updated_at, 0)",
}

// cursor is the last row of a page: the next one begins behind it, however many
// rows came or went meanwhile. It carries its order with it.
type cursor struct {
	Sort string `json:"s"`
	Asc  bool   `json:"a,omitempty"`
	Text string `json:"t,omitempty"` // the sort key's value, of a name
	Num  any    `json:"n,omitempty"` // of all else
	ID   int32  `json:"i"`
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // strings and numbers: it cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string) (c cursor, err error) {
	bad := teleplay.Fail(teleplay.ErrInvalid, "", "This cursor is not one that a list has given.")
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return c, bad
	}
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.UseNumber() // milliseconds and sizes keep every digit
	if dec.Decode(&c) != nil || sortKeys[c.Sort] == "" {
		return c, bad
	}
	n, isNumber := c.Num.(json.Number)
	switch {
	case c.Sort == "name" && c.Num == nil:
	case c.Sort != "name" && isNumber:
		if c.Sort == "duration" {
			c.Num, err = n.Float64()
		} else {
			c.Num, err = n.Int64()
		}
		if err != nil {
			return c, bad
		}
	default:
		return c, bad
	}
	return c, nil
}

// Files is one page of the user's files.
func (d *DB) Files(ctx context.Context, user int32, q teleplay.FileQuery) (l teleplay.FileList, err error) {
	q.Sort = cmp.Or(q.Sort, "created_at")
	q.Page, q.PerPage = cmp.Or(q.Page, 1), cmp.Or(q.PerPage, defaultPage)
	var from *cursor
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor)
		if err != nil {
			return l, err
		}
		from, q.Sort, q.Asc = &c, c.Sort, c.Asc
	}
	switch {
	case sortKeys[q.Sort] == "":
		return l, teleplay.Fail(teleplay.ErrInvalid, "", "Lists are sorted by created_at, name, size, duration or watched_at.")
	case q.Page < 1 || q.Page > maxPage:
		return l, teleplay.Fail(teleplay.ErrInvalid, "", "Pages count from 1.")
	case q.PerPage < 1 || q.PerPage > maxPerPage:
		return l, teleplay.Fail(teleplay.ErrInvalid, "", fmt.Sprintf("A page has 1 to %d files.", maxPerPage))
	case len(q.Search) > maxName:
		return l, teleplay.Fail(teleplay.ErrInvalid, "", "No name is that long: search for a part of it.")
	}
	err = d.read(ctx, "list files", func(t *tx) error {
		l, err = t.files(user, q, from)
		return err
	})
	return l, err
}

func (t *tx) files(user int32, q teleplay.FileQuery, from *cursor) (l teleplay.FileList, err error) {
	l.Page, l.PerPage = q.Page, q.PerPage
	where, args := `WHERE f.user_id = $1 AND f.deleted_at IS NULL`, []any{user}
	add := func(condition string, values ...any) {
		n := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			n[i] = len(args)
		}
		where += " AND " + fmt.Sprintf(condition, n...)
	}
	if q.Folder != nil {
		if err := t.needFolder(user, *q.Folder); err != nil {
			return l, err
		}
		add(`coalesce(f.folder_id, 0) = $%d`, *q.Folder)
	}
	if q.Kind != "" {
		add(`f.file_type = $%d`, q.Kind)
	}
	if q.Search != "" {
		add(`f.name_key LIKE $%d ESCAPE '\'`, like(q.Search))
	}
	if err := t.row(`SELECT count(*) FROM files f `+where, args...).Scan(&l.Total); err != nil {
		return l, err
	}
	key, before, direction := sortKeys[q.Sort], "<", "DESC"
	if q.Asc {
		before, direction = ">", "ASC"
	}
	order := fmt.Sprintf(" ORDER BY %s %s, f.id %s", key, direction, direction)
	if q.IDsOnly {
		l.IDs, err = list(t, scanID, `SELECT f.id FROM files f LEFT JOIN watch_progress p ON p.user_id = f.user_id AND p.file_id = f.id `+
			where+order+fmt.Sprintf(" LIMIT %d", maxIDs), args...)
		return l, err
	}
	offset := (int64(q.Page) - 1) * int64(q.PerPage)
	if from != nil {
		var value any = from.Text
		if from.Num != nil {
			value = from.Num
		}
		add("("+key+", f.id) "+before+" ($%d, $%d)", value, from.ID)
		offset = 0
	}
	// One more than the page has tells whether there is a next one.
	l.Files, err = list(t, scanFile, selectFile+where+order+fmt.Sprintf(" LIMIT %d OFFSET %d", q.PerPage+1, offset), args...)
	if err == nil && len(l.Files) > q.PerPage {
		l.Files = l.Files[:q.PerPage]
		l.NextCursor = cursorOf(l.Files[q.PerPage-1], q).String()
	}
	return l, err
}

func cursorOf(f teleplay.File, q teleplay.FileQuery) cursor {
	c := cursor{Sort: q.Sort, Asc: q.Asc, ID: f.ID}
	switch q.Sort {
	case "name":
		c.Text = nameSort(f.Name)
	case "size":
		c.Num = f.Size
	case "duration":
		c.Num = f.Duration
	case "watched_at":
		c.Num = 0
		if f.Progress != nil {
			c.Num = f.Progress.Updated.UnixMilli()
		}
	default:
		c.Num = f.Created.UnixMilli()
	}
	return c
}

package catalog

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// stamp is a time as it lies in a column: milliseconds since 1970, NULL for the
// zero time. Milliseconds are what the API shows, so nothing is lost that
// anybody could see.
type stamp time.Time

func (s stamp) Value() (driver.Value, error) {
	if t := time.Time(s); !t.IsZero() {
		return t.UnixMilli(), nil
	}
	return nil, nil
}

func (s *stamp) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s = stamp{}
	case int64:
		*s = stamp(time.UnixMilli(v).UTC())
	default:
		return fmt.Errorf("time in a column is a %T", v)
	}
	return nil
}

// ref is the id of something that may be nothing: 0 lies as NULL, so that foreign
// keys hold.
type ref int32

func (r ref) Value() (driver.Value, error) {
	if r == 0 {
		return nil, nil
	}
	return int64(r), nil
}

func (r *ref) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*r = 0
	case int64:
		*r = ref(v)
	default:
		return fmt.Errorf("reference in a column is a %T", v)
	}
	return nil
}

// word is a text that may be NULL, which reads as "".
type word string

func (w *word) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*w = ""
	case string:
		*w = word(v)
	default:
		return fmt.Errorf("word in a column is a %T", v)
	}
	return nil
}

// asJSON puts what no query looks into in one column.
type asJSON[T any] struct{ v *T }

func (j asJSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.v)
	return string(b), err
}

func (j asJSON[T]) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("JSON in a column is a %T", v)
	}
	return json.Unmarshal([]byte(s), j.v)
}

// places is "$from,$from+1,…": n placeholders for a list in SQL.
func places(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

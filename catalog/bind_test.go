package catalog_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/catalog"
)

func TestBind(t *testing.T) {
	o := catalog.Options{URL: "sqlite:///" + filepath.Join(t.TempDir(), "teleplay.db")}
	for range 2 { // also over a restart
		d, err := catalog.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Bind(t.Context(), 7000001, -1001700000001); err != nil {
			t.Errorf("its own bot and channel: %v", err)
		}
		for _, other := range [][2]int64{{7000002, -1001700000001}, {7000001, -1001700000002}} {
			if err := d.Bind(t.Context(), other[0], other[1]); !errors.Is(err, teleplay.ErrConflict) || !strings.Contains(err.Error(), "belongs to") {
				t.Errorf("bot %d, channel %d: %v, want a refusal", other[0], other[1], err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

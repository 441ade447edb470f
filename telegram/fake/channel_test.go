package fake

import (
	"errors"
	"testing"

	"github.com/teleplay/teleplay"
)

// TestAllOrNone: a list of posts with a bad one leaves nothing behind.
func TestAllOrNone(t *testing.T) {
	b := newBench(t, Options{Data: t.TempDir()})
	pending := len(b.journal.pending)
	_, err := b.post(channelID, []item{{Media: film(1, 10)}, {Media: film(2, 10)}, {Media: &media{Kind: "video", Source: source{Blob: "none"}}}})
	if !errors.Is(err, teleplay.ErrNotFound) {
		t.Fatal(err)
	}
	if n := len(b.db.documents.rows); n != 0 || len(b.journal.pending) != pending {
		t.Errorf("%d documents and %d rows left", n, len(b.journal.pending))
	}
	if p := must(b.post(channelID, []item{{Media: film(1, 10)}}))(t); p[0].Media.DC != 2 {
		t.Errorf("the first document goes to DC %d", p[0].Media.DC)
	}
}

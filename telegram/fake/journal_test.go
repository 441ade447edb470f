package fake

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

func TestKeptOverRestart(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, Options{Data: dir})
	sent := must(b.send(person, mainBot, letter{Media: film(7, 5000), Text: "a film"}))(t)
	must(b.putBlob("b", bytes.NewReader([]byte("blob"))))(t)
	must(b.post(channelID, []item{{Media: &media{Kind: "document", Source: source{Blob: "b"}, DC: 2}}}))(t)
	must(do[*tg.Updates](b, mainBot, 2, forward(b, 1, 99)))(t)
	doc := theirs(b, mainBot, 1)

	if err := newWorld(Options{Data: dir}, nil).open(); !errors.Is(err, teleplay.ErrConflict) {
		t.Fatalf("a second world on the directory: %v", err)
	}
	// A kill leaves the file as it is, here with a line that was cut short.
	if _, err := b.journal.file.WriteString(`[{"t":"message","k":{"box":7000001,"id":9},"v":{"id`); err != nil {
		t.Fatal(err)
	}
	if err := b.lock.Close(); err != nil {
		t.Fatal(err)
	}
	after := newBench(t, Options{Data: dir})
	v := must(after.chat(t.Context(), person, mainBot, 0, 0))(t)
	if diff := cmp.Diff(sent.Messages, v.Messages); diff != "" {
		t.Errorf("the chat changed:\n%s", diff)
	}
	s := must(do[*tg.UpdatesState](after, mainBot, 2, &tg.UpdatesGetStateRequest{}))(t)
	if s.Pts != 2 {
		t.Errorf("pts %d", s.Pts)
	}
	_, err := do[*tg.Updates](after, mainBot, 2, forward(after, 1, 99))
	refused(t, err, 500, "RANDOM_ID_DUPLICATE")
	if f := must(read(after, mainBot, 2, doc.AsInputDocumentFileLocation(""), 0, 4096))(t); string(f.Bytes) != "blob" {
		t.Errorf("the blob is %q", f.Bytes)
	}
	if err := newWorld(Options{Data: dir, Seed: 9}, nil).load(); !errors.Is(err, teleplay.ErrConflict) {
		t.Errorf("another seed on the directory: %v", err)
	}
	if err := after.reset(); err != nil || len(must(after.posts(channelID, 0, 10))(t).Messages) != 0 {
		t.Errorf("reset: %v", err)
	}
}

func TestOtherDCsOnTheDirectory(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, Options{Data: dir})
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	for _, dcs := range [][]int{{2, 1}, {4, 2}, {2}, {2, 4, 5}} {
		if err := newWorld(Options{Data: dir, DCs: dcs}, nil).load(); !errors.Is(err, teleplay.ErrConflict) {
			t.Errorf("DCs %v: %v", dcs, err)
		}
	}
	newBench(t, Options{Data: dir, DCs: []int{2, 4}})
}

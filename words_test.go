package teleplay_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"pgregory.net/rapid"
)

func TestChunkIDPacks(t *testing.T) {
	for _, c := range []struct {
		id   teleplay.ChunkID
		want uint64
	}{
		{teleplay.ChunkID{Message: 1}, 1 << 16},
		{teleplay.ChunkID{Message: 1000, Index: 3}, 1000<<16 | 3},
		{teleplay.ChunkID{Message: 1<<31 - 1, Index: 65535}, (1<<31-1)<<16 | 65535},
	} {
		if got := c.id.Uint64(); got != c.want {
			t.Errorf("%v packs into %d, want %d", c.id, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		id := teleplay.ChunkID{Message: rapid.Int32Min(1).Draw(t, "message"), Index: rapid.Uint16().Draw(t, "index")}
		if back := teleplay.UnpackChunkID(id.Uint64()); back != id {
			t.Fatalf("%v came back as %v", id, back)
		}
	})
	id := teleplay.ChunkID{Message: 7, Index: 9}
	if n := testing.AllocsPerRun(100, func() { id = teleplay.UnpackChunkID(id.Uint64()) }); n != 0 {
		t.Errorf("packing allocates %v times", n)
	}
}

func TestChunkLength(t *testing.T) {
	for _, c := range []struct {
		index uint16
		size  int64
		want  int
	}{
		{0, 0, 0}, {0, 1, 1}, {0, teleplay.ChunkSize, teleplay.ChunkSize}, {1, teleplay.ChunkSize, 0},
		{1, teleplay.ChunkSize + 1, 1}, {4095, teleplay.MaxFileSize, teleplay.ChunkSize}, {4095, teleplay.MaxFileSize - 1, teleplay.ChunkSize - 1},
	} {
		if got := (teleplay.ChunkID{Message: 1, Index: c.index}).Length(c.size); got != c.want {
			t.Errorf("chunk %d of %d bytes has %d, want %d", c.index, c.size, got, c.want)
		}
	}
	if teleplay.Parts(0) != 0 || teleplay.Parts(1) != 1 || teleplay.Parts(teleplay.PartSize) != 1 || teleplay.Parts(teleplay.ChunkSize) != teleplay.PartsPerChunk {
		t.Error("parts are counted wrongly")
	}
}

// TestRangeIsItsChunksTrimmed: the trimmed chunks of a range, one after the other,
// are the range, whatever it is.
func TestRangeIsItsChunksTrimmed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.Int64Range(0, teleplay.MaxFileSize-1).Draw(t, "start")
		r := teleplay.Range{Start: start, Length: rapid.Int64Range(0, min(teleplay.MaxFileSize-start, 20<<20)).Draw(t, "length")}
		at := r.Start
		for id := range r.Chunks(5) {
			from, to := r.Trim(id)
			if from >= to || id.Offset()+int64(from) != at {
				t.Fatalf("%+v: chunk %v gives %d to %d at %d", r, id, from, to, at)
			}
			at += int64(to - from)
		}
		if at != r.End() {
			t.Fatalf("%+v: its chunks end at %d", r, at)
		}
	})
	if from, to := (teleplay.Range{Start: 5, Length: 5}).Trim(teleplay.ChunkID{Message: 1, Index: 1}); from != to {
		t.Error("a chunk beyond the range gives bytes")
	}
	if n := len(slices.Collect((teleplay.Range{Start: 1 << 20}).Chunks(1))); n != 0 {
		t.Errorf("an empty range has %d chunks", n)
	}
}

func TestErrorKeepsItsKind(t *testing.T) {
	e := teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "Telegram asks for patience.")
	later := e.After(3 * time.Second)
	wrapped := fmt.Errorf("fetch 1/2: %w", later)
	var back *teleplay.Error
	if !errors.Is(wrapped, teleplay.ErrUnavailable) || errors.Is(wrapped, teleplay.ErrNotFound) || !errors.As(wrapped, &back) || back.Retry != 3*time.Second {
		t.Errorf("%v lost its kind or its time", wrapped)
	}
	if e.Retry != 0 {
		t.Error("After changed what it was called on")
	}
	if e.Error() != "Telegram asks for patience." || teleplay.Fail(teleplay.ErrConflict, "", "").Error() != "conflict" {
		t.Error("an error does not say what it is")
	}
}

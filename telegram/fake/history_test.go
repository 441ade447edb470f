package fake

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gotd/td/proto"
)

// TestTimely: a msg_id is good from 300 s before the server's clock to 30 s ahead.
func TestTimely(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for at, want := range map[time.Duration]int{
		-300*time.Second - time.Millisecond: badTooLow, -300 * time.Second: 0, 0: 0,
		30 * time.Second: 0, 30*time.Second + time.Millisecond: badTooHigh,
	} {
		if code := timely(int64(proto.NewMessageID(now.Add(at), proto.MessageFromClient)), now); code != want {
			t.Errorf("%v: code %d, want %d", at, code, want)
		}
	}
}

// TestHistoryTakesReordered: whatever a correct client's messages overtake on the
// way, none is refused. Ids and seqnos are gotd's: one lock makes both.
func TestHistoryTakesReordered(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		list := make([]sighting, 1000)
		content := int32(0)
		for i := range list {
			list[i] = sighting{id: int64(i+1) * 4, seq: content * 2}
			if r.IntN(3) > 0 {
				list[i].seq++
				content++
			}
		}
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		var h history
		for _, s := range list {
			if code := h.add(s.id, s.seq); code != 0 {
				t.Fatalf("msg_id %d, seqno %d: code %d", s.id, s.seq, code)
			}
			if !h.knows(s.id) {
				t.Fatalf("msg_id %d is not known", s.id)
			}
		}
	}
}

func TestHistoryRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		seen []sighting
		id   int64
		seq  int32
		want int
	}{
		{"anything may be first", nil, 40, 7777, 0},
		{"higher behind higher", []sighting{{40, 1}}, 44, 3, 0},
		{"a gap", []sighting{{40, 1}}, 44, 3333, 0},
		{"even again", []sighting{{40, 2}}, 44, 2, 0},
		{"odd again", []sighting{{40, 1}}, 44, 1, badSeqLow},
		{"lower", []sighting{{40, 3}}, 44, 2, badSeqLow},
		{"negative", []sighting{{40, 3}}, 44, -2, badSeqLow},
		{"odd again, overtaken", []sighting{{40, 1}}, 36, 1, badSeqHigh},
		{"higher, overtaken", []sighting{{40, 1}}, 36, 2, badSeqHigh},
		{"even again, overtaken", []sighting{{40, 2}}, 36, 2, 0},
		{"between", []sighting{{40, 1}, {48, 4}}, 44, 3, 0},
		{"between, too high", []sighting{{40, 1}, {48, 4}}, 44, 5, badSeqHigh},
	} {
		h := history{}
		for _, s := range test.seen {
			if code := h.add(s.id, s.seq); code != 0 {
				t.Fatalf("%s: code %d", test.name, code)
			}
		}
		if code := h.add(test.id, test.seq); code != test.want {
			t.Errorf("%s: code %d, want %d", test.name, code, test.want)
		}
	}
}

func TestHistoryIsBounded(t *testing.T) {
	var h history
	for i := range int64(10 * keptMessages) {
		if code := h.add((i+1)*4, 0); code != 0 {
			t.Fatal(code)
		}
	}
	if n := len(h.seen); n < keptMessages || n >= 2*keptMessages {
		t.Errorf("%d messages are remembered", n)
	}
	if code := h.add(2, 0); code != badTooOld {
		t.Errorf("a forgotten id: code %d, want %d", code, badTooOld)
	}
}

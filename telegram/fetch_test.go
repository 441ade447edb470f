package telegram_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

const mib = teleplay.ChunkSize

// whole reads a file chunk by chunk and returns its hash and the oracle's.
func whole(t *testing.T, p *telegram.Pool, message int32, seed uint32, size int64) (got, want string) {
	t.Helper()
	g, w := sha256.New(), sha256.New()
	for id := range (teleplay.Range{Length: size}).Chunks(message) {
		b, err := fetch(t.Context(), p, id, size, 0)
		if err != nil {
			t.Fatalf("%v: %v", id, err)
		}
		g.Write(b)
		w.Write(expected(seed, id.Offset(), id.Length(size)))
	}
	return fmt.Sprintf("%x", g.Sum(nil)), fmt.Sprintf("%x", w.Sum(nil))
}

func TestFilesOfAllSizes(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 3})
	p := w.pool(2)
	for i, size := range []int64{0, 1, 16<<10 - 1, 16 << 10, mib - 1, mib, mib + 1, 20_000_000} {
		for dc := 2; dc <= 4; dc += 2 {
			seed := uint32(100*dc + i)
			m := synthetic(seed, size)
			m["dc"] = dc
			message := w.post(m)[0]
			if got, want := whole(t, p, message, seed, size); got != want {
				t.Errorf("%d bytes in DC %d: %s, want %s", size, dc, got, want)
			}
		}
	}
	if n := w.totals(); n.Migrations != 0 || n.ReferenceErrors != 0 || n.Exchanges != 0 || n.Logins != 0 {
		t.Errorf("%+v", n)
	}
}

func TestLargestFile(t *testing.T) {
	const size, seed = int64(4<<30 - 1), 11
	w := newWorld(t, fake.Options{Bots: 3})
	p := w.pool(2)
	message := w.post(synthetic(seed, size))[0]
	r := rand.New(rand.NewPCG(1, 2))
	ids := []uint16{0, 4095}
	for range 48 {
		ids = append(ids, uint16(r.IntN(4096)))
	}
	var all sync.WaitGroup
	for lane := range 4 {
		all.Go(func() {
			for i := lane; i < len(ids); i += 4 {
				id := teleplay.ChunkID{Message: message, Index: ids[i]}
				b, err := fetch(t.Context(), p, id, size, (i*77_777)%id.Length(size))
				if err != nil {
					t.Errorf("%v: %v", id, err)
				} else if !bytes.Equal(b, expected(seed, id.Offset(), id.Length(size))) {
					t.Errorf("%v: wrong bytes", id)
				}
			}
		})
	}
	all.Wait()
}

// asked are the byte ranges of a document that were answered, each byte counted.
func (w *world) asked(size int64) (counts []byte) {
	w.t.Helper()
	counts = make([]byte, size)
	for _, c := range w.calls("upload.getFile") {
		var args struct {
			Offset int64
			Limit  int64
		}
		if err := json.Unmarshal(c.Args, &args); err != nil {
			w.t.Fatalf("%v in %s", err, c.Args)
		}
		if c.Result != "ok" {
			continue
		}
		for i := args.Offset; i < min(args.Offset+args.Limit, size); i++ {
			counts[i]++
		}
	}
	return counts
}

func TestEveryByteIsAskedOnce(t *testing.T) {
	synctest.Test(t, everyByteIsAskedOnce)
}

func everyByteIsAskedOnce(t *testing.T) {
	const size, seed = 5*mib + 70_000, 3
	w := newBubble(t, fake.Options{Bots: 4})
	p := w.pool(3)
	message := w.post(synthetic(seed, size))[0]
	// Eight readers as the chunk engine shares them: a chunk's first wish fetches.
	type flight struct {
		done chan struct{} // and no mutex: on the bubble's clock all that wait must wait for a channel
		b    []byte
		err  error
	}
	var mu sync.Mutex
	flights := map[teleplay.ChunkID]*flight{}
	var all sync.WaitGroup
	for reader := range 8 {
		all.Go(func() {
			for id := range (teleplay.Range{Length: size}).Chunks(message) {
				mu.Lock()
				f, ok := flights[id]
				if !ok {
					f = &flight{done: make(chan struct{})}
					flights[id] = f
				}
				mu.Unlock()
				if !ok {
					f.b, f.err = fetch(t.Context(), p, id, size, (reader*300_000)%id.Length(size))
					close(f.done)
				}
				<-f.done
				if f.err != nil || !bytes.Equal(f.b, expected(seed, id.Offset(), len(f.b))) {
					t.Errorf("%v: %v", id, f.err)
				}
			}
		})
	}
	all.Wait()
	for i, n := range w.asked(size) {
		if n != 1 {
			t.Fatalf("byte %d was asked %d times", i, n)
		}
	}
	if n := len(w.calls("channels.getMessages")); n > 3 {
		t.Errorf("%d questions for 3 helpers", n)
	}
}

func TestOnlyWhatIsMissingIsAsked(t *testing.T) {
	const size, seed = mib, 4
	w := newWorld(t, fake.Options{Bots: 2})
	p := w.pool(1)
	message := w.post(synthetic(seed, size))[0]
	f := newFill(size)
	want := expected(seed, 0, size)
	for _, part := range []int{1, 20, 21, 63} {
		f.Put(part, want[part*teleplay.PartSize:(part+1)*teleplay.PartSize])
	}
	f.first = -1
	id := teleplay.ChunkID{Message: message}
	if err := p.Fetch(t.Context(), id, size, 40*teleplay.PartSize+5, teleplay.Urgent, f); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.b, want) {
		t.Error("wrong bytes")
	}
	if f.first < 40 || f.first > 48 {
		t.Errorf("part %d came first, part 40 was wanted", f.first)
	}
	counts := w.asked(size)
	for part := range teleplay.PartsPerChunk {
		want := byte(1)
		if part == 1 || part == 20 || part == 21 || part == 63 {
			want = 0
		}
		if counts[part*teleplay.PartSize] != want {
			t.Errorf("part %d asked %d times, want %d", part, counts[part*teleplay.PartSize], want)
		}
	}
	calls := len(w.calls("upload.getFile"))
	if err := p.Fetch(t.Context(), id, size, 0, teleplay.Urgent, f); err != nil || len(w.calls("upload.getFile")) != calls {
		t.Errorf("a complete chunk was asked for: %v", err)
	}
}

func TestExpiredReferences(t *testing.T) {
	const size, seed = 3 * mib, 5
	w := newWorld(t, fake.Options{Bots: 3})
	p := w.pool(2)
	message := w.post(synthetic(seed, size))[0]
	read := func() {
		var all sync.WaitGroup
		for id := range (teleplay.Range{Length: size}).Chunks(message) {
			all.Go(func() {
				b, err := fetch(t.Context(), p, id, size, 0)
				if err != nil || !bytes.Equal(b, expected(seed, id.Offset(), len(b))) {
					t.Errorf("%v: %v", id, err)
				}
			})
		}
		all.Wait()
	}
	read()
	before := len(w.calls("channels.getMessages"))
	w.control("POST", "/references/expire", object{}, nil)
	read()
	if n := len(w.calls("channels.getMessages")) - before; n < 1 || n > 2 {
		t.Errorf("%d questions refreshed the references of 2 helpers", n)
	}
	if w.totals().ReferenceErrors == 0 {
		t.Error("no reference had expired")
	}
}

func TestWithoutHelpersTheMainBotDownloads(t *testing.T) {
	const size, seed = mib + 1, 6
	w := newWorld(t, fake.Options{Bots: 2})
	p := w.pool(0)
	message := w.post(synthetic(seed, size))[0]
	if got, want := whole(t, p, message, seed, size); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, c := range w.calls("upload.getFile") {
		if c.Account != w.info.Bots[0].ID {
			t.Errorf("account %d was asked", c.Account)
		}
	}
	if !p.Ready() {
		t.Error("not ready")
	}
}

func TestDeletedMessage(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 3})
	p := w.pool(2)
	message := w.post(synthetic(1, 100))[0]
	w.control("DELETE", fmt.Sprintf("/channels/%d/messages/%d", w.info.Channels[0].ID, message), nil, nil)
	for range 5 {
		_, err := fetch(t.Context(), p, teleplay.ChunkID{Message: message}, 100, 0)
		var e *teleplay.Error
		if !errors.Is(err, teleplay.ErrNotFound) || !errors.As(err, &e) || e.Code != "file_missing" {
			t.Fatalf("got %v", err)
		}
	}
	if n := len(w.calls("channels.getMessages")); n != 1 {
		t.Errorf("asked %d times within a minute", n)
	}
}

func TestPhotoAndThumb(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 2})
	p := w.pool(1)
	ids := w.post(
		object{"kind": "photo", "source": object{"seed": 9}, "width": 1280, "height": 720},
		object{"kind": "video", "source": object{"seed": 9, "size": 5000}, "thumb": object{"seed": 3}, "width": 640, "height": 360, "duration": 3},
		synthetic(1, 10),
	)
	for i, want := range []bool{true, true, false} {
		b, err := p.Thumb(t.Context(), ids[i])
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.HasPrefix(b, []byte{0xFF, 0xD8, 0xFF}); got != want || len(b) > 64<<10 {
			t.Errorf("message %d: thumbnail %v of %d bytes, want %v", ids[i], got, len(b), want)
		}
	}
	var page struct {
		Messages []struct {
			ID    int32
			Media struct {
				Document string `json:"document_id"`
				Size     int64
			}
		}
	}
	w.control("GET", fmt.Sprintf("/channels/%d/messages", w.info.Channels[0].ID), nil, &page)
	photo := page.Messages[0].Media
	b, err := fetch(t.Context(), p, teleplay.ChunkID{Message: ids[0]}, photo.Size, 0)
	if err != nil || !bytes.HasPrefix(b, []byte{0xFF, 0xD8, 0xFF}) || int64(len(b)) != photo.Size {
		t.Errorf("photo: %d bytes, want %d, %v", len(b), photo.Size, err)
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 2})
	p := telegram.NewPool(w.options(w.keys(2)), w.info.Bots[0].Token, w.tokens(1, 2)) // not running
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fetch(ctx, p, teleplay.ChunkID{Message: 1}, 10, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if p.Ready() {
		t.Error("ready")
	}
}

func TestStrangerHelper(t *testing.T) {
	const size, seed = mib, 8
	w := newWorld(t, fake.Options{Bots: 3})
	w.control("PATCH", fmt.Sprintf("/bots/%d", w.info.Bots[1].ID), object{"channel_role": "none"}, nil)
	p := w.pool(2)
	message := w.post(synthetic(seed, size))[0]
	if got, want := whole(t, p, message, seed, size); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	accounts := map[int64]bool{}
	for _, c := range w.calls("upload.getFile") {
		accounts[c.Account] = true
	}
	if want := map[int64]bool{w.info.Bots[2].ID: true}; !cmp.Equal(accounts, want) {
		t.Errorf("downloads by %v, want %v", accounts, want)
	}
}

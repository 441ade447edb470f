package telegram_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestForesee: a page that a person sees costs each helper one question, gathered
// over a quarter of a second; the first play then asks for bytes alone.
func TestForesee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, files = mib, 130
		w := newBubble(t, fake.Options{Bots: 3})
		var media []object
		for i := range files {
			media = append(media, synthetic(uint32(i), size))
		}
		ids := w.post(media...)
		p := w.pool(2)
		synctest.Wait()
		if !p.Ready() {
			t.Fatal("not ready")
		}
		p.Foresee(ids[:50])
		p.Foresee(ids[:90])
		time.Sleep(200 * time.Millisecond)
		if n := len(w.calls("channels.getMessages")); n != 0 {
			t.Errorf("%d questions at once", n)
		}
		time.Sleep(100 * time.Millisecond)
		perBot := func() map[int64]int {
			asked := map[int64]int{}
			for _, c := range w.calls("channels.getMessages") {
				asked[c.Account]++
			}
			return asked
		}
		one, two := w.info.Bots[1].ID, w.info.Bots[2].ID
		if diff := cmp.Diff(map[int64]int{one: 1, two: 1}, perBot()); diff != "" {
			t.Error(diff)
		}
		p.Foresee(ids) // 40 of them are new
		time.Sleep(5 * time.Second)
		for _, i := range []int{0, 89, 90, files - 1} {
			if _, err := fetch(t.Context(), p, teleplay.ChunkID{Message: ids[i]}, size, 0); err != nil {
				t.Error(err)
			}
		}
		if diff := cmp.Diff(map[int64]int{one: 2, two: 2}, perBot()); diff != "" {
			t.Error(diff)
		}
	})
}

package telegram_test

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram/fake"
)

// TestInABubble: without a socket the main bot hears of what a user says and the
// pool reads from both data centres; on a clock that nothing else moves no time
// passes but the product's own pauses.
func TestInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, fake.Options{Bots: 2})
		start := time.Now()
		b, _ := w.mainBot(marks{})
		in := begun(t, b)
		w.says(object{"text": "hello"})
		if u := in.next(t); u.Text != "hello" {
			t.Errorf("got %+v", u)
		}
		const size = 2 * mib
		media := synthetic(9, size)
		media["dc"] = 4
		ids := w.post(synthetic(8, size), media)
		p := w.pool(1)
		for i, id := range ids {
			got, err := fetch(t.Context(), p, teleplay.ChunkID{Message: id, Index: 1}, size, 0)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, expected(uint32(8+i), mib, mib)) {
				t.Errorf("file %d: other bytes", i)
			}
		}
		if took := time.Since(start); took > 100*time.Millisecond {
			t.Errorf("%v passed", took)
		}
	})
}

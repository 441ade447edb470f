package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// code is the word of an error for machines.
func code(err error) string {
	var e *teleplay.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	return e.Code
}

// TestReferencesRunOut under 32 chunks in parallel: each bot reads the message once,
// nobody fails, and it costs two round trips at most.
func TestReferencesRunOut(t *testing.T) {
	const rtt = 50 * time.Millisecond
	bubble(t, fake.Options{Bots: 4, Network: fake.Shape{RTT: rtt}}, func(t *testing.T, w *world) {
		p := w.started(3, nil)
		const size = 32 * mib
		message := w.post(synthetic(1, size))[0]
		read := func() {
			var all sync.WaitGroup
			for i := range uint16(32) {
				all.Go(func() {
					u := teleplay.ReadAhead
					if i == 0 {
						u = teleplay.Urgent
					}
					if err := p.Fetch(t.Context(), teleplay.ChunkID{Message: message, Index: i}, mib, 0, u, newFill(mib)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		read()
		before := time.Now()
		time.Sleep(time.Millisecond)
		w.control("POST", "/references/expire", object{}, nil)
		read()
		for _, b := range w.info.Bots[1:] {
			if n := len(w.since("channels.getMessages", b.ID, before)); n != 1 {
				t.Errorf("bot %d read the message %d times", b.ID, n)
			}
			if n := troubles(p, b.ID); len(n) != 1 || n["reference"] == 0 {
				t.Errorf("bot %d: %v", b.ID, n)
			}
		}
		small := w.post(synthetic(2, smallSize))[0]
		for i, most := range []time.Duration{4 * rtt, rtt, rtt, 3 * rtt} {
			if i == 3 {
				w.control("POST", "/references/expire", object{}, nil)
			}
			time.Sleep(time.Second)
			begun := time.Now()
			if err := chunk(p, small, 0, smallSize); err != nil {
				t.Error(err)
			}
			if took := time.Since(begun); took > most {
				t.Errorf("read %d took %v, want %v", i, took, most)
			}
		}
	})
}

// TestAFileThatNoReferenceOpens: each bot tries one fresh reference, and after three
// of these the file is given up.
func TestAFileThatNoReferenceOpens(t *testing.T) {
	for _, message := range []string{"FILE_REFERENCE_INVALID", "FILE_ID_INVALID", "LOCATION_INVALID"} {
		t.Run(message, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 6}, func(t *testing.T, w *world) {
				p := w.started(5, nil)
				file := w.post(synthetic(1, smallSize))[0]
				w.fault(object{"method": "upload.getFile", "count": 0, "do": failure(400, message)})
				if err := chunk(p, file, 0, smallSize); code(err) != "upstream_timeout" {
					t.Errorf("got %v", err)
				}
				asked := map[int64]int{}
				for _, c := range w.calls("upload.getFile") {
					asked[c.Account]++
				}
				twice := 0
				for bot, n := range asked {
					if reads := len(w.since("channels.getMessages", bot, time.Time{})); n > 2 || reads > 2 {
						t.Errorf("bot %d asked %d times with %d references", bot, n, reads)
					}
					if n == 2 {
						twice++
					}
				}
				if twice != 3 {
					t.Errorf("%d bots tried a fresh reference", twice)
				}
			})
		})
	}
}

// TestAnswersWithoutTheBytes: each is asked for once more, of the other bot, and no
// byte is at another place.
func TestAnswersWithoutTheBytes(t *testing.T) {
	for name, do := range map[string]object{
		"short": {"short": 512}, "long": {"long": 512}, "CDN": {"cdn_redirect": true}, "twice": {"twice": true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 3}, func(t *testing.T, w *world) {
				p := w.started(2, nil)
				const size, seed = 4 * mib, 5
				message := w.post(synthetic(seed, size))[0]
				if got, want := whole(t, p, message, seed, size); got != want {
					t.Fatal("other bytes")
				}
				before := p.Stats().Parts
				again := int64(1)
				if name == "twice" {
					again = 0
				}
				if got, want := whole(t, p, message, seed, size); got != want {
					t.Error("other bytes")
				}
				parts := p.Stats().Parts - before
				w.fault(object{"method": "upload.getFile", "nth": 7, "do": do})
				if got, want := whole(t, p, message, seed, size); got != want {
					t.Error("other bytes")
				}
				if n := p.Stats().Parts - before - 2*parts; n != again {
					t.Errorf("%d parts more", n)
				}
				met := map[string]int64{}
				for _, b := range w.info.Bots[1:] {
					for r, n := range troubles(p, b.ID) {
						met[r] += n
					}
				}
				want := map[string]int64{}
				if again > 0 {
					want["bytes"] = 1
				}
				if diff := cmp.Diff(want, met); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestTwoBotsSeeAnotherSize: then the file is not the one that is asked for.
func TestTwoBotsSeeAnotherSize(t *testing.T) {
	bubble(t, fake.Options{Bots: 4}, func(t *testing.T, w *world) {
		p := w.started(3, nil)
		message := w.post(synthetic(1, smallSize))[0]
		if err := chunk(p, message, 0, smallSize+1); code(err) != "file_missing" {
			t.Errorf("got %v", err)
		}
		if n, m := len(w.calls("upload.getFile")), len(w.calls("channels.getMessages")); n != 0 || m != 2 {
			t.Errorf("%d parts asked for, %d messages read", n, m)
		}
	})
}

// TestAFileElsewhere: what Telegram says about its data centre is followed, and
// remembered.
func TestAFileElsewhere(t *testing.T) {
	bubble(t, fake.Options{Bots: 2}, func(t *testing.T, w *world) {
		p := w.started(1, nil)
		media := synthetic(1, smallSize)
		media["dc"] = 4
		message := w.post(media)[0]
		if err := chunk(p, message, 0, smallSize); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			fault string
			want  []int
		}{{"FILE_MIGRATE_2", []int{4, 2, 4}}, {"", []int{4}}} { // from 2 it is sent back
			before := len(w.calls("upload.getFile"))
			if c.fault != "" {
				w.fault(object{"method": "upload.getFile", "do": failure(303, c.fault)})
			}
			if err := chunk(p, message, 0, smallSize); err != nil {
				t.Error(err)
			}
			var dcs []int
			for _, c := range w.calls("upload.getFile")[before:] {
				dcs = append(dcs, c.DC)
			}
			if diff := cmp.Diff(c.want, dcs); diff != "" {
				t.Error(diff)
			}
		}
		if diff := cmp.Diff(map[string]int64{"migrate": 2}, troubles(p, w.info.Bots[1].ID)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestAQuestionThatIsWrong: our own fault is an alarm, and asked once, of nobody else.
func TestAQuestionThatIsWrong(t *testing.T) {
	for _, message := range []string{"OFFSET_INVALID", "LIMIT_INVALID"} {
		t.Run(message, func(t *testing.T) {
			bubble(t, fake.Options{Bots: 3}, func(t *testing.T, w *world) {
				var log lines
				p := w.started(2, func(o *telegram.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
				file := w.post(synthetic(1, smallSize))[0]
				w.fault(object{"method": "upload.getFile", "count": 0, "do": failure(400, message)})
				if err := chunk(p, file, 0, smallSize); err == nil || errors.Is(err, teleplay.ErrUnavailable) {
					t.Errorf("got %v", err)
				}
				if n := len(w.calls("upload.getFile")); n != 1 || log.count("level=ERROR") != 1 {
					t.Errorf("%d calls, %d alarms", n, log.count("level=ERROR"))
				}
				if n := p.Stats().Troubles; len(n) != 1 {
					t.Errorf("troubles %v", n)
				}
			})
		})
	}
}

// TestTroubleOfTheServer: what a player waits for is asked of another bot at once, all
// else after 0.1, 0.4 and 1.6 s.
func TestTroubleOfTheServer(t *testing.T) {
	for _, f := range []object{failure(500, "RPC_CALL_FAIL"), failure(400, "TIMEOUT")} {
		t.Run(fmt.Sprint(f), func(t *testing.T) {
			bubble(t, fake.Options{Bots: 3}, func(t *testing.T, w *world) {
				p := w.started(2, nil)
				message := w.post(synthetic(1, smallSize))[0]
				w.fault(object{"method": "upload.getFile", "do": f})
				begun := time.Now()
				if err := chunk(p, message, 0, smallSize); err != nil {
					t.Error(err)
				}
				calls := w.calls("upload.getFile")
				if len(calls) != 2 || calls[0].Account == calls[1].Account || time.Since(begun) > 0 {
					t.Errorf("%d calls in %v", len(calls), time.Since(begun))
				}
				time.Sleep(time.Second)
				w.fault(object{"method": "upload.getFile", "count": 0, "do": f})
				begun = time.Now()
				err := p.Fetch(t.Context(), teleplay.ChunkID{Message: message}, smallSize, 0, teleplay.ReadAhead, newFill(smallSize))
				if code(err) != "upstream_timeout" {
					t.Errorf("got %v", err)
				}
				var at []time.Duration
				for _, c := range w.calls("upload.getFile")[2:] {
					at = append(at, c.Date.Sub(begun))
				}
				want := []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond, 2100 * time.Millisecond}
				if diff := cmp.Diff(want, at); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// TestQuestionsWithoutAnAnswer: a player's part is asked for anew after 5 s, any other
// after 15; two in a row end the connection, and so does one that is owed for 30 s.
func TestQuestionsWithoutAnAnswer(t *testing.T) {
	bubble(t, fake.Options{Bots: 2}, func(t *testing.T, w *world) {
		var d dials
		p := w.started(1, func(o *telegram.Options) { d.count(o); o.Lanes, o.LanesMost = 1, 1 })
		message := w.post(synthetic(1, smallSize))[0]
		read := func(u teleplay.Urgency) time.Duration {
			begun := time.Now()
			if err := p.Fetch(t.Context(), teleplay.ChunkID{Message: message}, smallSize, 0, u, newFill(smallSize)); err != nil {
				t.Error(err)
			}
			return time.Since(begun)
		}
		read(teleplay.Urgent)
		begun := time.Now()
		for u, want := range map[teleplay.Urgency]time.Duration{teleplay.Urgent: 5 * time.Second, teleplay.ReadAhead: 15 * time.Second} {
			w.fault(object{"method": "upload.getFile", "do": object{"drop": true}})
			time.Sleep(time.Second)
			if took := read(u); took != want+100*time.Millisecond {
				t.Errorf("urgency %d: %v", u, took)
			}
		}
		if n := d.within(begun, time.Now()); len(n) != 0 {
			t.Errorf("%d connections more", len(n))
		}
		time.Sleep(30 * time.Second)
		if n := d.within(begun, time.Now()); len(n) != 1 {
			t.Errorf("%d connections more, want one in the place of that which owes answers", len(n))
		}
		read(teleplay.Urgent)
		w.fault(object{"method": "upload.getFile", "count": 2, "do": object{"drop": true}})
		if err := chunk(p, message, 0, smallSize); code(err) != "upstream_timeout" {
			t.Errorf("got %v", err)
		}
		time.Sleep(time.Second)
		read(teleplay.Urgent)
		if n := d.within(begun, time.Now()); len(n) != 2 || p.Stats().Late != 4 {
			t.Errorf("%d connections more, %d late", len(n), p.Stats().Late)
		}
	})
}

// TestFilesOfTwoGiB: what a signed 32-bit offset cannot say, and the largest.
func TestFilesOfTwoGiB(t *testing.T) {
	bubble(t, fake.Options{Bots: 2}, func(t *testing.T, w *world) {
		p := w.started(1, nil)
		for i, size := range []int64{1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 1} {
			seed := uint32(50 + i)
			message := w.post(synthetic(seed, size))[0]
			last := uint16((size - 1) / mib)
			for _, index := range []uint16{0, last - 1, last} {
				id := teleplay.ChunkID{Message: message, Index: index}
				b, err := fetch(context.Background(), p, id, size, 0)
				if err != nil || !slices.Equal(b, expected(seed, id.Offset(), id.Length(size))) {
					t.Errorf("chunk %d of %d bytes: %d bytes, %v", index, size, len(b), err)
				}
			}
		}
	})
}

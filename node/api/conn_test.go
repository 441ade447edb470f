package api_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/node/api"
)

// A client that takes nothing is cut after the stall; one that takes a little now
// and then is not, however long the whole answer lasts.
func TestWriteDeadlines(t *testing.T) {
	for name, row := range map[string]struct {
		stall, every, lasts time.Duration
		fails               bool
	}{
		"an answer nobody takes":         {stall: api.CallStall, lasts: api.CallStall, fails: true},
		"an answer taken slowly":         {stall: api.CallStall, every: 9 * time.Second, lasts: 100 * 9 * time.Second},
		"a paused player":                {stall: api.MediaStall, lasts: api.MediaStall, fails: true},
		"a player that goes on in time":  {stall: api.MediaStall, every: 290 * time.Second, lasts: 100 * 290 * time.Second},
		"a player that goes on too late": {stall: api.MediaStall, every: 301 * time.Second, lasts: api.MediaStall, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := net.Pipe()
				defer client.Close()
				done := make(chan struct{})
				go func() {
					defer close(done)
					for range 100 {
						if row.every == 0 {
							return
						}
						time.Sleep(row.every) // of the bubble
						if _, err := io.ReadFull(client, make([]byte, 1)); err != nil {
							return
						}
					}
				}()
				begun := time.Now()
				n, err := api.Guarded(server, row.stall).Write(make([]byte, 100))
				if took := time.Since(begun); took != row.lasts {
					t.Errorf("it lasted %v, want %v", took, row.lasts)
				}
				if row.fails != errors.Is(err, os.ErrDeadlineExceeded) || (!row.fails && (n != 100 || err != nil)) {
					t.Errorf("wrote %d with %v", n, err)
				}
				_ = server.Close()
				<-done
			})
		})
	}
}

// quietLibrary has no news.
type quietLibrary struct{ api.Library }

func (quietLibrary) Changed() <-chan struct{} { return nil }
func (quietLibrary) Events(context.Context, int32, int64, int) ([]teleplay.Event, bool, error) {
	return nil, true, nil
}

func TestBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed, b := api.Feed(quietLibrary{}, 7), make([]byte, 100)
		for range 3 {
			begun := time.Now()
			n, err := feed.Read(b)
			if took := time.Since(begun); string(b[:n]) != "event: beat\ndata: {}\n\n" || err != nil || took != 15*time.Second {
				t.Errorf("got %q, %v after %v", b[:n], err, took)
			}
		}
	})
}

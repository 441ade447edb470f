package fake

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// warnings counts what is logged.
type warnings struct {
	slog.Handler
	n atomic.Int64
}

func (w *warnings) Enabled(context.Context, slog.Level) bool { return true }
func (w *warnings) Handle(context.Context, slog.Record) error {
	w.n.Add(1)
	return nil
}

// TestPortOfADCThatIsDown: somebody takes it meanwhile; the DC is there once it is
// free again, whether it was brought back or its time was over.
func TestPortOfADCThatIsDown(t *testing.T) {
	seen := &warnings{Handler: slog.DiscardHandler}
	w := servedWith(t, Options{Log: slog.New(seen)})
	for _, back := range []string{`{"up":true}`, `{"up":false,"how":"blackhole","for":"1ms"}`, `{"up":false,"how":"refuse","for":"1ms"}`} {
		w.control("PUT", "/dcs/2", `{"up":false,"how":"refuse"}`, http.StatusOK)
		other, err := net.Listen("tcp", w.Addr(2))
		if err != nil {
			t.Fatal(err)
		}
		before := seen.n.Load()
		if strings.Contains(back, "refuse") {
			w.control("PUT", "/dcs/2", back, http.StatusOK)
		} else if got := w.control("PUT", "/dcs/2", back, http.StatusConflict); !strings.Contains(got, "DC 2 cannot listen now") {
			t.Errorf("%s: %s", back, got)
		}
		w.until("it has tried again", func() bool { return seen.n.Load() > before })
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		w.until("it listens", func() bool {
			c, err := net.Dial("tcp", w.Addr(2))
			if err == nil {
				c.Close()
			}
			return err == nil
		})
		w.ready(mainBot)
	}
}

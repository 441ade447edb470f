package fake_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay/telegram/fake"
)

// serve runs a whole fake until the test ends or stop is called.
func serve(t *testing.T, o fake.Options) (s *fake.Server, stop func()) {
	t.Helper()
	o.Listen, o.Control = "127.0.0.1:0", "127.0.0.1:0"
	s, err := fake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	select {
	case <-s.Ready():
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	return s, stop
}

// options are those of a gotd client that knows this server only.
func options(t *testing.T, s *fake.Server, storage session.Storage) telegram.Options {
	t.Helper()
	host, p, err := net.SplitHostPort(s.Addr(2))
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(p)
	return telegram.Options{
		DC: 2, DCList: dcs.List{Options: []tg.DCOption{{ID: 2, IPAddress: host, Port: port}}},
		PublicKeys:     []telegram.PublicKey{{RSA: s.PublicKey()}},
		SessionStorage: storage,
	}
}

// count is what the test looks at of /stats.
type count struct{ Exchanges, Logins int }

// fetch reads a call of the running server's control port.
func fetch(t *testing.T, s *fake.Server, path string, into any) {
	t.Helper()
	r, err := http.Get("http://" + s.ControlAddr() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// TestRestartOfServer: gotd's own client logs in once, and neither it nor the
// server makes a new key when the server comes back with its data.
func TestRestartOfServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	o := fake.Options{Data: t.TempDir(), Seed: 5}
	storage := new(session.StorageMemory)
	for run, want := range []count{{1, 1}, {0, 0}} {
		s, stop := serve(t, o)
		var info struct {
			Bots []struct{ Token string }
		}
		fetch(t, s, "/v1/info", &info)
		client := telegram.NewClient(1, "hash", options(t, s, storage))
		err := client.Run(ctx, func(ctx context.Context) error {
			status, err := client.Auth().Status(ctx)
			if err != nil {
				return err
			}
			if !status.Authorized {
				if _, err := client.Auth().Bot(ctx, info.Bots[0].Token); err != nil {
					return err
				}
			}
			self, err := client.Self(ctx)
			if err == nil && !self.Bot {
				t.Error("the account is no bot")
			}
			// gotd stores the key some time after new_session_created.
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for {
				if _, err := storage.Bytes(nil); err == nil {
					break
				}
				select {
				case <-tick.C:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return err
		})
		if err != nil {
			t.Fatalf("run %d: %v", run, err)
		}
		var stats struct{ Totals count }
		fetch(t, s, "/v1/stats", &stats)
		if stats.Totals != want {
			t.Errorf("run %d: %+v, want %+v", run, stats.Totals, want)
		}
		stop()
	}
}

package fake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay/telegram/fake"
)

// control makes a call of the control API without a socket.
func control(t *testing.T, s *fake.Server, method, path, body string) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1/v1"+path, strings.NewReader(body)))
	if w.Code/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// TestInMemory: a client logs in, by its own exchange, and reads a file of the
// other DC in a bubble; no time passes, and nothing is left behind.
func TestInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := serve(t, fake.Options{Memory: true})
		control(t, s, http.MethodPost, "/channels/"+channel+"/messages", `{"items":[{"media":{"kind":"document","source":{"seed":7,"size":1048576},"dc":4}}]}`)
		var info struct{ Bots []struct{ Token string } }
		if err := json.Unmarshal(control(t, s, http.MethodGet, "/info", ""), &info); err != nil {
			t.Fatal(err)
		}
		o := options(t, s, new(session.StorageMemory))
		o.Resolver = dcs.Plain(dcs.PlainOptions{Dial: s.Dial})
		begun := time.Now()
		asBot(t, o, info.Bots[0].Token, func(ctx context.Context, api *tg.Client) {
			d := postOf(ctx, t, api, 1)
			want := make([]byte, 1<<20)
			for i := range want {
				want[i] = formula(7, int64(i))
			}
			if got := part(ctx, t, api, d, 0, 1<<20); !bytes.Equal(got, want) {
				t.Error("the file is another")
			}
		})
		if took := time.Since(begun); took > time.Second { // gotd's client has pauses of its own
			t.Errorf("%v passed", took)
		}
		_, err := s.Dial(t.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(1))
		if err == nil || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("an address that is none: %v", err)
		}
	})
}

package main

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/node"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// small is a Telegram in memory and an engine over two of its bots, in a bubble.
type small struct {
	t      *testing.T
	server *fake.Server
	engine *node.Engine
}

func newSmall(t *testing.T) *small {
	t.Helper()
	server, err := fake.New(fake.Options{Memory: true, Bots: 3, Network: fake.Shape{RTT: 20 * time.Millisecond, Rate: 1_000_000}})
	if err != nil {
		t.Fatal(err)
	}
	s := &small{t: t, server: server}
	inBackground(t, server.Run)
	<-server.Ready()
	var info fakeInfo
	s.control("GET", "/info", "", &info)
	keys, err := telegram.OpenKeys(filepath.Join(t.TempDir(), "telegram.keys"), make([]byte, 32), nodeName)
	if err != nil {
		t.Fatal(err)
	}
	var tokens []string
	for _, b := range info.Bots[1:] {
		tokens = append(tokens, b.Token)
		for _, dc := range []int{2, 4} {
			value, salt, err := server.Key(b.ID, dc)
			if err == nil {
				err = keys.Put(b.ID, dc, telegram.Key{Value: value, Salt: salt, Home: dc == 2})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	pool := telegram.NewPool(telegram.Options{
		APIID: 1, APIHash: "fake", Channel: info.Channels[0].Peer, DC: "2=" + server.Addr(2),
		PublicKeys: []*rsa.PublicKey{server.PublicKey()}, Keys: keys, Dial: server.Dial,
	}, info.Bots[0].Token, tokens)
	inBackground(t, pool.Run)
	chunks := cache.Open(cache.Options{Memory: 64 << 20})
	t.Cleanup(chunks.Close)
	s.engine = node.New(node.Options{Source: pool, Cache: chunks, Window: 64 << 20, ReadAhead: 4})
	t.Cleanup(s.engine.Close)
	time.Sleep(3 * time.Second)
	return s
}

type fakeInfo struct {
	Bots []struct {
		ID    int64
		Token string
	}
	Channels []struct {
		ID   int64
		Peer int64 `json:"peer_id"`
	}
}

func inBackground(t *testing.T, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (s *small) control(method, path, body string, into any) {
	s.t.Helper()
	a := httptest.NewRecorder()
	s.server.Handler().ServeHTTP(a, httptest.NewRequestWithContext(s.t.Context(), method, "http://127.0.0.1/v1"+path, strings.NewReader(body)))
	if a.Code/100 != 2 {
		s.t.Fatalf("%s %s: %s", method, path, a.Body)
	}
	if into != nil {
		if err := json.Unmarshal(a.Body.Bytes(), into); err != nil {
			s.t.Fatal(err)
		}
	}
}

// film puts one into the channel; its message is the seed.
func (s *small) film(seed uint32, size int64) teleplay.File {
	s.t.Helper()
	var out struct{ Messages []struct{ ID int32 } }
	s.control("POST", "/channels/1700000001/messages", `{"items":[{"media":{"kind":"document","dc":2,"source":{"seed":`+
		strconv.Itoa(int(seed))+`,"size":`+strconv.FormatInt(size, 10)+`}}}]}`, &out)
	return teleplay.File{Message: out.Messages[0].ID, Size: size}
}

// flood has every bot wait from its next question for a part on.
func (s *small) flood(wait string) {
	for _, bot := range []string{"7000002", "7000003"} {
		s.control("POST", "/faults", `{"method":"upload.getFile","account":`+bot+`,"do":{"error":{"code":420,"message":"FLOOD_WAIT_`+wait+`"}}}`, nil)
	}
}

// asked is how many parts Telegram was asked for.
func (s *small) asked() int {
	var out struct {
		Accounts map[string]struct {
			Methods map[string]struct{ Calls int }
		}
	}
	s.control("GET", "/stats", "", &out)
	n := 0
	for _, a := range out.Accounts {
		n += a.Methods["upload.getFile"].Calls
	}
	return n
}

// viewer takes a film's bytes, compares them and notes how long it had to wait for any.
type viewer struct {
	film   io.Reader // the oracle
	n      int64
	last   time.Time
	stall  time.Duration
	differ bool
}

func (v *viewer) Write(b []byte) (int, error) {
	want := make([]byte, len(b))
	_, err := io.ReadFull(v.film, want)
	v.differ = v.differ || err != nil || !bytes.Equal(b, want)
	now := time.Now()
	if v.n > 0 {
		v.stall = max(v.stall, now.Sub(v.last))
	}
	v.n, v.last = v.n+int64(len(b)), now
	return len(b), nil
}

// watch reads a whole film.
func (s *small) watch(f teleplay.File, seed uint32) (*viewer, error) {
	r := s.engine.Open(f, teleplay.Range{Length: f.Size})
	defer r.Close()
	v := &viewer{film: &oracleReader{seed: seed, end: f.Size}}
	_, err := r.WriteTo(v)
	if v.differ {
		s.t.Error("other bytes")
	}
	return v, err
}

// TestAllBotsFlooded: what is cached plays on, a new film is refused before its first
// byte with the time to wait, one that runs waits up to 30 s, and Telegram is left
// alone.
func TestAllBotsFlooded(t *testing.T) {
	for _, c := range []struct {
		wait  string
		plays bool
	}{{"20", true}, {"60", false}} {
		t.Run(c.wait, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSmall(t)
				cached, fresh, running := s.film(1, 8<<20), s.film(2, 8<<20), s.film(3, 48<<20)
				if _, err := s.watch(cached, 1); err != nil {
					t.Fatal(err)
				}
				type end struct {
					v   *viewer
					err error
				}
				ended := make(chan end, 1)
				go func() {
					v, err := s.watch(running, 3)
					ended <- end{v, err}
				}()
				time.Sleep(4 * time.Second)
				s.flood(c.wait)
				begun := time.Now()
				time.Sleep(5 * time.Second) // both have met it
				before := s.asked()
				if _, err := s.watch(cached, 1); err != nil || time.Since(begun) > 5*time.Second {
					t.Errorf("what is cached: %v after %v", err, time.Since(begun))
				}
				r := s.engine.Open(fresh, teleplay.Range{Length: fresh.Size})
				err := r.Ready(t.Context())
				r.Close()
				var e *teleplay.Error
				if !errors.Is(err, teleplay.ErrUnavailable) || !errors.As(err, &e) || e.Code != "upstream_busy" {
					t.Fatalf("a new film: %v", err)
				}
				whole, _ := strconv.Atoi(c.wait)
				if least, most := time.Duration(whole-5)*time.Second, time.Duration(whole)*time.Second*11/10; e.Retry < least || e.Retry > most {
					t.Errorf("a new film may be asked for after %v", e.Retry)
				}
				time.Sleep(12 * time.Second)
				if n := s.asked() - before; n != 0 {
					t.Errorf("%d parts were asked for in the flood", n)
				}
				got := <-ended
				if got.v.stall > 30*time.Second || (got.err == nil) != c.plays || c.plays != (got.v.n == running.Size) {
					t.Errorf("the film that ran: %d bytes, waited %v, %v", got.v.n, got.v.stall, got.err)
				}
				if c.plays && got.v.stall < 10*time.Second {
					t.Errorf("the film that ran waited %v", got.v.stall)
				}
				time.Sleep(time.Until(begun.Add(70 * time.Second)))
				if _, err := s.watch(fresh, 2); err != nil {
					t.Errorf("after the flood: %v", err)
				}
			})
		})
	}
}

// TestTelegramIsDown: what is cached plays on, a new film is refused within 10 s, and
// one that runs goes on when Telegram is back.
func TestTelegramIsDown(t *testing.T) {
	for _, how := range []string{"refuse", "blackhole"} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSmall(t)
				cached, fresh, running := s.film(1, 8<<20), s.film(2, 8<<20), s.film(3, 48<<20)
				if _, err := s.watch(cached, 1); err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() {
					_, err := s.watch(running, 3)
					ended <- err
				}()
				time.Sleep(4 * time.Second)
				s.control("PUT", "/dcs/2", `{"up":false,"how":"`+how+`","for":"20s"}`, nil)
				begun := time.Now()
				if _, err := s.watch(cached, 1); err != nil || time.Since(begun) > 0 {
					t.Errorf("what is cached: %v after %v", err, time.Since(begun))
				}
				r := s.engine.Open(fresh, teleplay.Range{Length: fresh.Size})
				err := r.Ready(t.Context())
				r.Close()
				var e *teleplay.Error
				if !errors.As(err, &e) || e.Code != "upstream_timeout" || time.Since(begun) > 10*time.Second {
					t.Errorf("a new film: %v after %v", err, time.Since(begun))
				}
				if err := <-ended; err != nil {
					t.Errorf("the film that ran: %v", err)
				}
			})
		})
	}
}

// TestAFloodOverHTTP: the same as a browser sees it.
func TestAFloodOverHTTP(t *testing.T) {
	h := newHome(t, "--bots=3")
	cached, fresh := h.sendSynthetic(1, 3<<20, 2), h.sendSynthetic(2, 3<<20, 2)
	if status, _, err := h.get(cached, "", io.Discard); status != http.StatusOK || err != nil {
		t.Fatalf("status %d, %v", status, err)
	}
	for _, b := range h.tg.Bots {
		fault := map[string]any{"method": "upload.getFile", "account": b.ID, "do": map[string]any{"error": map[string]any{"code": 420, "message": "FLOOD_WAIT_90"}}}
		if err := h.tg.control.do(t.Context(), http.MethodPost, "/faults", fault, nil); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	status, header, err := h.get(fresh, "", &b)
	wait, _ := strconv.Atoi(header.Get("Retry-After"))
	if status != http.StatusServiceUnavailable || err != nil || wait < 80 || wait > 99 || !strings.Contains(b.String(), "upstream_busy") {
		t.Errorf("a new film: status %d, Retry-After %d, %s, %v", status, wait, b.String(), err)
	}
	b.Reset()
	want, _ := io.ReadAll(&oracleReader{seed: 1, end: 3 << 20})
	if status, _, err = h.get(cached, "", &b); status != http.StatusOK || err != nil || !bytes.Equal(b.Bytes(), want) {
		t.Errorf("what is cached: status %d, %d bytes, %v", status, b.Len(), err)
	}
}

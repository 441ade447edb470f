package main

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/node"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// bubble is a node's way to the bytes, from Telegram to the reader, without a socket:
// for a test on a clock that nothing else moves.
type bubble struct {
	t      *testing.T
	fake   *fake.Server
	pool   *telegram.Pool
	engine *node.Engine
	bots   []int64
}

// newBubble must be called in a function given to synctest.Test. All bots but the
// first download.
func newBubble(t *testing.T, o fake.Options, lanes int) *bubble {
	t.Helper()
	o.Memory = true
	server, err := fake.New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &bubble{t: t, fake: server}
	b.run("fake Telegram", server.Run)
	<-server.Ready()
	var info struct {
		Bots []struct {
			ID    int64
			Token string
		}
		Channels []struct {
			Peer int64 `json:"peer_id"`
		}
	}
	b.control("GET", "/info", nil, &info)
	keys, err := telegram.OpenKeys(filepath.Join(t.TempDir(), "telegram.keys"), bytes.Repeat([]byte{7}, 32), nodeName)
	if err != nil {
		t.Fatal(err)
	}
	var tokens []string
	for _, bot := range info.Bots {
		b.bots = append(b.bots, bot.ID)
		tokens = append(tokens, bot.Token)
		value, salt, err := server.Key(bot.ID, 2)
		if err != nil {
			t.Fatal(err)
		}
		if err := keys.Put(bot.ID, 2, telegram.Key{Value: value, Salt: salt, Home: true}); err != nil {
			t.Fatal(err)
		}
	}
	b.pool = telegram.NewPool(telegram.Options{
		APIID: 1, APIHash: "fake", Channel: info.Channels[0].Peer, Keys: keys, Dial: server.Dial,
		DC: "2=" + server.Addr(2), PublicKeys: []*rsa.PublicKey{server.PublicKey()}, Lanes: lanes, LanesMost: lanes,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}, tokens[0], tokens[1:])
	b.run("pool", b.pool.Run)
	chunks := cache.Open(cache.Options{Memory: 64 << 20})
	b.engine = node.New(node.Options{Source: b.pool, Cache: chunks, ReadAhead: node.DefaultReadAhead * len(tokens[1:])})
	t.Cleanup(func() { b.engine.Close(); chunks.Close() })
	return b
}

// run runs f until the test ends.
func (b *bubble) run(name string, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	b.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("%s: %v", name, err)
		}
	})
}

// control asks the fake's control port; into may be nil.
func (b *bubble) control(method, path string, body, into any) {
	b.t.Helper()
	var in bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&in).Encode(body); err != nil {
			b.t.Fatal(err)
		}
	}
	a := httptest.NewRecorder()
	b.fake.Handler().ServeHTTP(a, httptest.NewRequestWithContext(b.t.Context(), method, "http://127.0.0.1/v1"+path, &in))
	if a.Code/100 != 2 {
		b.t.Fatalf("%s %s: %d %s", method, path, a.Code, a.Body)
	}
	if into != nil {
		if err := json.Unmarshal(a.Body.Bytes(), into); err != nil {
			b.t.Fatal(err)
		}
	}
}

// film is a synthetic file of size bytes in the storage channel.
func (b *bubble) film(seed uint32, size int64) teleplay.File {
	b.t.Helper()
	var answer struct{ Messages []struct{ ID int32 } }
	b.control("POST", "/channels/1700000001/messages", map[string]any{"items": []any{map[string]any{
		"media": map[string]any{"kind": "document", "dc": 2, "source": map[string]any{"seed": seed, "size": size}},
	}}}, &answer)
	return teleplay.File{Message: answer.Messages[0].ID, Size: size}
}

// fetched are the ranges that upload.getFile answered.
func (b *bubble) fetched() (list []fetchedRange) {
	b.t.Helper()
	for after := int64(0); ; {
		var out struct {
			Calls []struct {
				Seq    int64
				Result string
				Args   fetchedRange
			}
		}
		b.control("GET", fmt.Sprintf("/calls?method=upload.getFile&after=%d", after), nil, &out)
		if len(out.Calls) == 0 {
			return list
		}
		for _, c := range out.Calls {
			if after = c.Seq; c.Result == "ok" {
				list = append(list, c.Args)
			}
		}
	}
}

// getFileStats are what the fake counted of one bot's upload.getFile.
type getFileStats struct {
	Calls  int64
	Errors map[string]int64
}

func (b *bubble) getFile() map[int64]getFileStats {
	b.t.Helper()
	var answer struct {
		Accounts map[int64]struct{ Methods map[string]getFileStats }
	}
	b.control("GET", "/stats", nil, &answer)
	out := map[int64]getFileStats{}
	for id, a := range answer.Accounts {
		out[id] = a.Methods["upload.getFile"]
	}
	return out
}

// synthetic writes the bytes at offset of the synthetic file of seed into b: the
// control API's formula.
func synthetic(b []byte, seed uint32, offset int64) {
	mix := func(x uint32) uint32 {
		x = (x ^ x>>16) * 0x7FEB352D
		x = (x ^ x>>15) * 0x846CA68B
		return x ^ x>>16
	}
	k := mix(seed+0x9E3779B9) | 1
	var word [4]byte
	for i := range b {
		at := offset + int64(i)
		if i == 0 || at%4 == 0 {
			binary.LittleEndian.PutUint32(word[:], mix(uint32(at/4+1)*k))
		}
		b[i] = word[at%4]
	}
}

// gaps reads a film as fast as it comes for d, checks every byte, and returns when the
// first came, the longest time between two reads after it, and how many bytes came.
func (b *bubble) gaps(f teleplay.File, seed uint32, d time.Duration) (first, gap time.Duration, n int64) {
	b.t.Helper()
	r := b.engine.Open(f, teleplay.Range{Length: f.Size})
	defer r.Close()
	begun := time.Now()
	buf, want := make([]byte, 256<<10), make([]byte, 256<<10)
	for last := begun; time.Since(begun) < d && n < f.Size; {
		got, err := r.Read(buf)
		if err != nil {
			b.t.Fatalf("after %v and %d bytes: %v", time.Since(begun), n, err)
		}
		now := time.Now()
		if n == 0 {
			first = now.Sub(begun)
		} else {
			gap = max(gap, now.Sub(last))
		}
		last = now
		synthetic(want[:got], seed, n)
		if !bytes.Equal(buf[:got], want[:got]) {
			b.t.Fatalf("wrong bytes at %d", n)
		}
		n += int64(got)
	}
	return first, gap, n
}

package telegram_test

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/transport"

	"github.com/teleplay/teleplay/telegram"
)

// productionKey is the fingerprint of Telegram's public key as my.telegram.org
// gives it.
const productionKey = -0x2f62e27a219b027b // d09d1d85de64fd85

// TestProduction: without Options.DC and PublicKeys the servers are Telegram's
// own, and so is the key that they must prove.
func TestProduction(t *testing.T) {
	for name, c := range map[string]struct {
		fingerprint int64
		trusted     bool
	}{"its own key": {productionKey, true}, "another key": {42, false}} {
		t.Run(name, func(t *testing.T) {
			raw, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			listener := transport.Listen(raw)
			chosen := make(chan int64, 16) // the keys that clients chose
			background(t, "server", func(ctx context.Context) error {
				context.AfterFunc(ctx, func() { listener.Close() })
				var clients sync.WaitGroup
				defer clients.Wait()
				for ctx.Err() == nil {
					if conn, err := listener.Accept(); err == nil { // else: a dial that lost against another address
						clients.Go(func() { greet(ctx, conn, c.fingerprint, chosen) })
					}
				}
				return nil
			})
			dialed := make(chan string, 64)
			out := make(tell, 1) // a line: the helper gave up
			p := telegram.NewPool(telegram.Options{
				APIID: 1, APIHash: "hash", Channel: -1001700000001,
				Keys: openKeys(t, filepath.Join(t.TempDir(), "telegram.keys")),
				Log:  slog.New(slog.NewTextHandler(out, nil)),
				Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
					select {
					case dialed <- address:
					default:
					}
					return (&net.Dialer{}).DialContext(ctx, network, raw.Addr().String())
				},
			}, "7:token", nil)
			background(t, "pool", p.Run)

			var own []string
			for _, o := range dcs.Prod().Options {
				if o.ID == 2 && !o.MediaOnly && !o.CDN {
					own = append(own, net.JoinHostPort(o.IPAddress, "443"))
				}
			}
			for range 4 {
				select {
				case address := <-dialed:
					if !slices.Contains(own, address) {
						t.Errorf("dialed %s, not one of %v", address, own)
					}
				case <-time.After(patience):
					t.Fatal("nothing dialed")
				}
			}
			if !c.trusted {
				select {
				case <-out:
				case <-time.After(patience):
					t.Fatal("nothing said about the wrong key")
				}
				if len(chosen) != 0 {
					t.Error("a key was chosen that is not Telegram's")
				}
				return
			}
			select {
			case got := <-chosen:
				if got != productionKey {
					t.Errorf("chose key %x", uint64(got))
				}
			case <-time.After(patience):
				t.Fatal("Telegram's key was not chosen")
			}
		})
	}
}

// tell is a log of which the first line is enough.
type tell chan string

func (c tell) Write(b []byte) (int, error) {
	select {
	case c <- string(b):
	default:
	}
	return len(b), nil
}

// greet answers one client's req_pq_multi, saying that it has the key of the
// fingerprint, and tells which key the client goes on with.
func greet(ctx context.Context, conn transport.Conn, fingerprint int64, chosen chan<- int64) {
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, patience) // the client has two primes to find
	defer cancel()
	read := func(into bin.Decoder) bool {
		var b bin.Buffer
		var m proto.UnencryptedMessage
		if conn.Recv(ctx, &b) != nil || m.Decode(&b) != nil {
			return false
		}
		return into.Decode(&bin.Buffer{Buf: m.MessageData}) == nil
	}
	var q mt.ReqPqMultiRequest
	if !read(&q) {
		return
	}
	var b bin.Buffer
	answer := mt.ResPQ{Nonce: q.Nonce, Pq: []byte{0x17, 0xED, 0x48, 0x94, 0x1A, 0x08, 0xF9, 0x81}, ServerPublicKeyFingerprints: []int64{fingerprint}}
	if answer.Encode(&b) != nil {
		return
	}
	m := proto.UnencryptedMessage{MessageID: int64(proto.NewMessageID(time.Now(), proto.MessageServerResponse)), MessageData: b.Copy()}
	b.Reset()
	if m.Encode(&b) != nil || conn.Send(ctx, &b) != nil {
		return
	}
	var next mt.ReqDHParamsRequest
	if read(&next) {
		chosen <- next.PublicKeyFingerprint
	}
}

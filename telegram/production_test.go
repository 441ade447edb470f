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
		main        bool // the main bot, not the pool
	}{
		"its own key":           {productionKey, true, false},
		"another key":           {42, false, false},
		"main bot, its own key": {productionKey, true, true},
		"main bot, another key": {42, false, true},
	} {
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
			o := telegram.Options{
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
			}
			if c.main {
				background(t, "main bot", telegram.NewMainBot(o, "7:token", marks{}).Run)
			} else {
				background(t, "pool", telegram.NewPool(o, "7:token", nil).Run)
			}

			var own []string
			for _, o := range dcs.Prod().Options {
				if o.ID == 2 && !o.MediaOnly && !o.CDN {
					own = append(own, net.JoinHostPort(o.IPAddress, "443"))
				}
			}
			select {
			case address := <-dialed:
				dialed <- address
			case <-time.After(patience):
				t.Fatal("nothing dialed")
			}
			defer func() {
				for len(dialed) > 0 {
					if address := <-dialed; !slices.Contains(own, address) {
						t.Errorf("dialed %s, not one of %v", address, own)
					}
				}
			}()
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

// greet answers a client's req_pq_multi, saying that it has the key of the
// fingerprint, and tells which key the client goes on with. A client that does not
// know the time asks twice.
func greet(ctx context.Context, conn transport.Conn, fingerprint int64, chosen chan<- int64) {
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, patience) // the client has two primes to find
	defer cancel()
	for {
		var b bin.Buffer
		var m proto.UnencryptedMessage
		if conn.Recv(ctx, &b) != nil || m.Decode(&b) != nil {
			return
		}
		in := &bin.Buffer{Buf: m.MessageData}
		var next mt.ReqDHParamsRequest
		if id, err := in.PeekID(); err == nil && id == next.TypeID() {
			if next.Decode(in) == nil {
				chosen <- next.PublicKeyFingerprint
			}
			return
		}
		var q mt.ReqPqMultiRequest
		if q.Decode(in) != nil {
			return
		}
		answer := mt.ResPQ{Nonce: q.Nonce, Pq: []byte{0x17, 0xED, 0x48, 0x94, 0x1A, 0x08, 0xF9, 0x81}, ServerPublicKeyFingerprints: []int64{fingerprint}}
		b.Reset()
		if answer.Encode(&b) != nil {
			return
		}
		m = proto.UnencryptedMessage{MessageID: int64(proto.NewMessageID(time.Now(), proto.MessageServerResponse)), MessageData: b.Copy()}
		b.Reset()
		if m.Encode(&b) != nil || conn.Send(ctx, &b) != nil {
			return
		}
	}
}

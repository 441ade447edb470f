package fake

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	mathrand "math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotd/log"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	gotdexchange "github.com/gotd/td/exchange"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
)

// corpus gives the inputs that gotd's own fuzzing has found, which lie in its module.
func corpus(t *testing.T, name string, least int) [][]byte {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gotd/td").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "_fuzz", name, "corpus", "*"))
	if err != nil || len(files) < least {
		t.Fatalf("%d inputs of %s, want %d: %v", len(files), name, least, err)
	}
	var list [][]byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b)
	}
	return list
}

// seededBy is the randomness that gotd's fuzzing makes of an input.
func seededBy(b []byte) *mathrand.Rand {
	seed := make([]byte, 8)
	copy(seed, b)
	return mathrand.New(mathrand.NewSource(int64(binary.BigEndian.Uint64(seed))))
}

// TestExchangeCorpus: gotd's client and our exchange agree on key and salt,
// whatever the randomness of both.
func TestExchangeCorpus(t *testing.T) {
	for _, input := range append(corpus(t, "flow", 12), []byte{1, 2, 3}) {
		w := startWire(t, Options{Rand: seededBy(input)}, tiny())
		r, err := gotdexchange.NewExchanger(w.framed(2, gotdcodec.Intermediate{}), 2).WithLogger(log.Nop).WithRand(seededBy(input)).
			Client([]gotdexchange.PublicKey{{RSA: w.PublicKey()}}).Run(context.Background())
		if err != nil {
			t.Errorf("%x: %v", input, err)
			continue
		}
		k := w.ring.find(2, r.AuthKey.ID)
		if k == nil || k.key.Value != r.AuthKey.Value || !k.goodSalt(r.ServerSalt, w.opt.Now()) || w.stats.exchanges.Load() != 1 {
			t.Errorf("%x: the server has another key or salt", input)
		}
	}
}

// TestRSACorpus: what is no p_q_inner_data is refused, however well it is
// encrypted, and however badly.
func TestRSACorpus(t *testing.T) {
	x := &exchange{key: rsaKey(1), dc: 2}
	for _, input := range corpus(t, "rsa", 17) {
		input = input[:min(len(input), 144)]
		hashed, err := crypto.RSAEncryptHashed(input, &x.key.PublicKey, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if clear, err := crypto.RSADecryptHashed(hashed, x.key); err != nil || !bytes.Equal(clear, input) {
			t.Errorf("%x: decrypted to %x, %v", input, clear, err)
		}
		padded, err := crypto.RSAPad(input, &x.key.PublicKey, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range [][]byte{hashed, padded, append(make([]byte, 256-len(input)), input...), input} {
			if inner, err := x.inner(data); err != errKeyNotFound || inner != nil {
				t.Errorf("%x: taken as %v, %v", input, inner, err)
			}
		}
	}
}

// TestMessageCorpus: none of the messages that gotd's fuzzing has found panics or
// makes a key, neither as a decrypted message nor as an unencrypted one, and
// whatever is owed an answer gets one.
func TestMessageCorpus(t *testing.T) {
	s, log := fuzzServer(t)
	id := int64(proto.NewMessageID(fuzzTime, proto.MessageFromClient))
	made := 0
	x := &exchange{key: s.rsa, dc: 2, rand: s.opt.Rand, now: s.opt.Now, done: func(crypto.Key, int64) { made++ }}
	var k *authKey
	for i, body := range corpus(t, "handle_message", 14_000) {
		_, _ = x.answer(body)
		if i%500 == 0 { // sessions of one key are limited
			var err error
			if k, err = s.ring.made(2, mainBot); err != nil {
				t.Fatal(err)
			}
			k.enter(228, true)
		}
		c := s.newConn(script{bytes.NewReader(nil)}, address{DC: 2, Place: 1})
		err := k.session(int64(i+1), s).receive(context.Background(), c, len(body), &crypto.EncryptedMessageData{
			Salt: k.salt(fuzzTime), SessionID: int64(i + 1), MessageID: id, SeqNo: 1, MessageDataLen: int32(len(body)), MessageDataWithPadding: body})
		s.wg.Wait()
		want := 2 // new_session_created, then the answer
		switch kind, _ := (&bin.Buffer{Buf: body}).PeekID(); kind {
		case mt.PingDelayDisconnectRequestTypeID: // may end its connection at once
			want = 0
		case proto.MessageContainerTypeID, mt.MsgsStateInfoTypeID, mt.MsgsAllInfoTypeID: // refused as a whole; owed nothing
			want = 1
		}
		if len(body) < 4 {
			want = 1 // a refusal
		}
		if n := c.waiting(); err != nil || n < want {
			t.Errorf("%x: %d frames, %v", body, n, err)
		}
		c.leave()
	}
	log.none(t)
	if made != 0 {
		t.Errorf("%d keys were made", made)
	}
}

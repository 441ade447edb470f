package fake

import (
	"context"
	"crypto/rand"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/gotd/log"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	gotdexchange "github.com/gotd/td/exchange"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/transport"
)

func reqPQ(nonce bin.Int128) bin.Encoder { return &mt.ReqPqMultiRequest{Nonce: nonce} }

// plainly sends an unencrypted message and decodes its answer.
func plainly(t *testing.T, c transport.Conn, m bin.Encoder, answer bin.Decoder) {
	t.Helper()
	var b bin.Buffer
	_ = b.Encode(proto.UnencryptedMessage{MessageID: 12345, MessageData: encoded(m)})
	if err := c.Send(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := c.Recv(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	var u proto.UnencryptedMessage
	if err := u.Decode(&b); err != nil {
		t.Fatal(err)
	}
	if err := answer.Decode(&bin.Buffer{Buf: u.MessageData}); err != nil {
		t.Fatal(err)
	}
}

// oldExchange is the exchange as Telethon and Pyrogram do it: p_q_inner_data
// without a DC in the old padding.
func oldExchange(t *testing.T, w *wire, c transport.Conn) (crypto.AuthKey, int64) {
	t.Helper()
	var nonce bin.Int128
	var newNonce bin.Int256
	_, _ = rand.Read(nonce[:])
	_, _ = rand.Read(newNonce[:])
	var res mt.ResPQ
	plainly(t, c, reqPQ(nonce), &res)
	n := new(big.Int).SetBytes(res.Pq)
	p, q, err := crypto.DecomposePQ(n, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	data, err := crypto.RSAEncryptHashed(encoded(&mt.PQInnerData{Pq: res.Pq, P: p.Bytes(), Q: q.Bytes(),
		Nonce: nonce, ServerNonce: res.ServerNonce, NewNonce: newNonce}), w.PublicKey(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var dh mt.ServerDHParamsOk
	plainly(t, c, &mt.ReqDHParamsRequest{Nonce: nonce, ServerNonce: res.ServerNonce, P: p.Bytes(), Q: q.Bytes(),
		PublicKeyFingerprint: res.ServerPublicKeyFingerprints[0], EncryptedData: data}, &dh)
	aesKey, iv := crypto.TempAESKeys(newNonce.BigInt(), res.ServerNonce.BigInt())
	clear, err := crypto.DecryptExchangeAnswer(dh.EncryptedAnswer, aesKey, iv)
	if err != nil {
		t.Fatal(err)
	}
	var inner mt.ServerDHInnerData
	if err := inner.Decode(&bin.Buffer{Buf: clear}); err != nil {
		t.Fatal(err)
	}
	prime := new(big.Int).SetBytes(inner.DhPrime)
	if err := crypto.CheckDH(inner.G, prime); err != nil {
		t.Fatal(err)
	}
	b, _ := rand.Int(rand.Reader, prime)
	gb := new(big.Int).Exp(big.NewInt(int64(inner.G)), b, prime)
	sealed, err := crypto.EncryptExchangeAnswer(rand.Reader, encoded(&mt.ClientDHInnerData{Nonce: nonce, ServerNonce: res.ServerNonce, GB: gb.Bytes()}), aesKey, iv)
	if err != nil {
		t.Fatal(err)
	}
	var ok mt.DhGenOk
	plainly(t, c, &mt.SetClientDHParamsRequest{Nonce: nonce, ServerNonce: res.ServerNonce, EncryptedData: sealed}, &ok)
	var value crypto.Key
	crypto.FillBytes(new(big.Int).Exp(new(big.Int).SetBytes(inner.GA), b, prime), value[:])
	if ok.NewNonceHash1 != crypto.NonceHash1(newNonce, value) {
		t.Fatal("new_nonce_hash1 is wrong")
	}
	return value.WithID(), crypto.ServerSalt(newNonce, res.ServerNonce)
}

func TestOldPadding(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	conn := w.framed(2, gotdcodec.Abridged{})
	key, salt := oldExchange(t, w, conn)
	c := newClient(t, conn, key, salt)
	c.nearestDC(c.send(layered(227, nearest)))
	if n := w.stats.exchanges.Load(); n != 1 {
		t.Errorf("exchanges = %d, want 1", n)
	}
}

func TestExchangeForAnotherDC(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	for dc, want := range map[int]int32{2: 0, -2: 444, 10002: 444, 4: 444, 1: 444} {
		_, err := gotdexchange.NewExchanger(w.framed(2, gotdcodec.Intermediate{}), dc).WithLogger(log.Nop).
			Client([]gotdexchange.PublicKey{{RSA: w.PublicKey()}}).Run(context.Background())
		if got := protocolCode(err); got != want || (err == nil) != (want == 0) {
			t.Errorf("DC %d: %v, want code %d", dc, err, want)
		}
	}
}

// TestMediaOnlyAddress goes by either sign of its DC's id.
func TestMediaOnlyAddress(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	list := w.addressList()
	for dc, want := range map[int]int32{4: 0, -4: 0, -2: 444, 2: 444} {
		raw, err := net.Dial("tcp", list[len(list)-1].Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		codec := gotdcodec.Intermediate{}
		if err := codec.WriteHeader(raw); err != nil {
			t.Fatal(err)
		}
		_, err = gotdexchange.NewExchanger(&framed{rw: raw, codec: codec}, dc).WithLogger(log.Nop).
			Client([]gotdexchange.PublicKey{{RSA: w.PublicKey()}}).Run(context.Background())
		if got := protocolCode(err); got != want || (err == nil) != (want == 0) {
			t.Errorf("DC %d: %v, want code %d", dc, err, want)
		}
	}
}

// TestInnerDataRefused: what p_q_inner_data says must be what the exchange is
// about, and a temporary key is not made into a permanent one.
func TestInnerDataRefused(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	nonce, newNonce := bin.Int128{1}, bin.Int256{2}
	p, q, whole := pqP.Bytes(), pqQ.Bytes(), pq.Bytes()
	for name, inner := range map[string]func(server bin.Int128) bin.Encoder{
		"good": func(n bin.Int128) bin.Encoder {
			return &mt.PQInnerDataDC{Pq: whole, P: p, Q: q, Nonce: nonce, ServerNonce: n, NewNonce: newNonce, DC: 2}
		},
		"temporary": func(n bin.Int128) bin.Encoder {
			return &mt.PQInnerDataTempDC{Pq: whole, P: p, Q: q, Nonce: nonce, ServerNonce: n, NewNonce: newNonce, DC: 2, ExpiresIn: 60}
		},
		"another pq": func(n bin.Int128) bin.Encoder {
			return &mt.PQInnerDataDC{Pq: []byte{1}, P: p, Q: q, Nonce: nonce, ServerNonce: n, NewNonce: newNonce, DC: 2}
		},
		"another nonce": func(n bin.Int128) bin.Encoder {
			return &mt.PQInnerDataDC{Pq: whole, P: p, Q: q, ServerNonce: n, NewNonce: newNonce, DC: 2}
		},
	} {
		conn := w.framed(2, gotdcodec.Intermediate{})
		var res mt.ResPQ
		plainly(t, conn, reqPQ(nonce), &res)
		data, err := crypto.RSAPad(encoded(inner(res.ServerNonce)), w.PublicKey(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		ask := &mt.ReqDHParamsRequest{Nonce: nonce, ServerNonce: res.ServerNonce, P: p, Q: q,
			PublicKeyFingerprint: res.ServerPublicKeyFingerprints[0], EncryptedData: data}
		if name == "good" {
			// A number that begins with a zero byte stays 256 bytes long.
			for data[0] != 0 {
				if data, err = crypto.RSAPad(encoded(inner(res.ServerNonce)), w.PublicKey(), rand.Reader); err != nil {
					t.Fatal(err)
				}
			}
			short := *ask
			short.EncryptedData = data[1:]
			refusedPlainly(t, "255 bytes", conn, &short)
			var dh mt.ServerDHParamsOk
			plainly(t, conn, ask, &dh)
			continue
		}
		refusedPlainly(t, name, conn, ask)
	}
	if n := w.stats.exchanges.Load(); n != 0 {
		t.Errorf("%d keys were made", n)
	}
}

// refusedPlainly expects −404 to an unencrypted message.
func refusedPlainly(t *testing.T, name string, c transport.Conn, m bin.Encoder) {
	t.Helper()
	var b bin.Buffer
	_ = b.Encode(proto.UnencryptedMessage{MessageID: 12345, MessageData: encoded(m)})
	if err := c.Send(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if err := c.Recv(context.Background(), &b); protocolCode(err) != 404 {
		t.Errorf("%s: %v, want −404", name, err)
	}
}

func TestRSAKey(t *testing.T) {
	begun := time.Now()
	a := rsaKey(1)
	t.Logf("one key took %v", time.Since(begun))
	if b := rsaKey(1); !a.Equal(b) {
		t.Error("the same seed has two keys")
	}
	for seed := range uint64(10) {
		k := rsaKey(seed)
		if k.N.BitLen() != 2048 {
			t.Errorf("seed %d: %d bits", seed, k.N.BitLen())
		}
		if err := k.Validate(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if seed != 1 && k.Equal(a) {
			t.Errorf("seeds 1 and %d have the same key", seed)
		}
	}
	// Known answer: a release that changes this locks out who kept the old key.
	if got := crypto.RSAFingerprint(&a.PublicKey); got != fingerprintOfSeed1 {
		t.Errorf("fingerprint of seed 1 = %d", got)
	}
}

const fingerprintOfSeed1 = -1631413260309612002

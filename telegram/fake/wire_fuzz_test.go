package fake

import (
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/tg"
)

// FuzzPlain: whatever an unencrypted message says, the exchange neither panics nor
// makes a key.
func FuzzPlain(f *testing.F) {
	s := bare(Options{}.withDefaults())
	for _, m := range []bin.Encoder{reqPQ(bin.Int128{1}), &mt.ReqPqRequest{}, &mt.ReqDHParamsRequest{EncryptedData: make([]byte, 256)},
		&mt.SetClientDHParamsRequest{EncryptedData: make([]byte, 32)}, &mt.MsgsAck{MsgIDs: []int64{1}}} {
		f.Add([]byte(encoded(m)))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		x := exchange{key: s.rsa, dc: 2, rand: s.opt.Rand, now: s.opt.Now, done: func(crypto.Key, int64) { t.Error("made a key") }}
		_, _ = x.answer(encoded(reqPQ(bin.Int128{1})))
		_, _ = x.answer(body)
		x.serverNonce, x.asked = bin.Int128{}, true
		x.nonce = bin.Int128{}
		_, _ = x.answer(body)
	})
}

// FuzzMessage: whatever a decrypted message says, nothing panics on the way to
// its handler.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(layered(228, nearest)))
	f.Add([]byte(encoded(&tg.InvokeAfterMsgRequest{MsgID: 1, Query: object{nearest}})))
	f.Add([]byte("\xdc\xf8\xf1\x73\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00abcd"))
	f.Fuzz(func(t *testing.T, body []byte) {
		list, _ := unpack(message{id: 1, body: body})
		for _, m := range list {
			if b, err := unzip(m.body); err == nil {
				w, _ := unwrap(b)
				_ = argsOf(w.method, w.body)
				_ = incoming(227, w.method, w.body)
				_ = otherPeers(w.body)
				_ = outgoing(227, append([]byte{}, w.body...), 0)
			}
		}
	})
}

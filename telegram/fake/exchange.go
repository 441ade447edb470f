package fake

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
)

// Transport errors, as the client sees them (core.telegram.org/mtproto/mtproto-transports#transport-errors).
type transportError int32

const (
	errKeyNotFound transportError = -404
	errWrongDC     transportError = -444
)

func (e transportError) Error() string {
	if e == errWrongDC {
		return "exchange for another DC"
	}
	return "auth key not found"
}

// The exchange's numbers: pq of the published sample, and the 2048 bit safe prime
// that Telegram itself uses, for which 3 generates the right subgroup.
var (
	pq, pqP, pqQ = new(big.Int).SetUint64(0x17ED48941A08F981), new(big.Int).SetUint64(0x494C553B), new(big.Int).SetUint64(0x53911073)
	dhPrime, _   = new(big.Int).SetString("C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F"+
		"48198A0AA7C14058229493D22530F4DBFA336F6E0AC925139543AED44CCE7C37"+
		"20FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F64"+
		"2477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F3A9060BEE67CF9A4"+
		"A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754"+
		"FD17ED950D5965B4B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4"+
		"E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F"+
		"0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B", 16)
)

const dhG = 3

// exchange is the server's side of one connection's key exchanges: a state that
// each unencrypted message moves. Nothing has to end in a key: TDLib sends a lone
// req_pq_multi to measure an address and goes on with a key it has.
// core.telegram.org/mtproto/auth_key
type exchange struct {
	key  *rsa.PrivateKey
	dc   int
	only bool // the address is media_only
	rand io.Reader
	now  func() time.Time
	done func(value crypto.Key, salt int64) // a key was made

	nonce, serverNonce bin.Int128
	newNonce           bin.Int256
	asked              bool     // resPQ was sent
	a                  *big.Int // nil until req_DH_params
}

// answer is what goes back for one unencrypted message; nil = nothing. An error is
// a transportError or means that the connection is of no more use.
func (x *exchange) answer(body []byte) (bin.Encoder, error) {
	b := &bin.Buffer{Buf: body}
	id, err := b.PeekID()
	if err != nil {
		return nil, err
	}
	switch id {
	case mt.ReqPqRequestTypeID:
		var r mt.ReqPqRequest
		if err := r.Decode(b); err != nil {
			return nil, err
		}
		return x.resPQ(r.Nonce)
	case mt.ReqPqMultiRequestTypeID:
		var r mt.ReqPqMultiRequest
		if err := r.Decode(b); err != nil {
			return nil, err
		}
		return x.resPQ(r.Nonce)
	case mt.ReqDHParamsRequestTypeID:
		var r mt.ReqDHParamsRequest
		if err := r.Decode(b); err != nil {
			return nil, err
		}
		return x.dhParams(&r)
	case mt.SetClientDHParamsRequestTypeID:
		var r mt.SetClientDHParamsRequest
		if err := r.Decode(b); err != nil {
			return nil, err
		}
		return x.dhGen(&r)
	case mt.MsgsAckTypeID:
		return nil, nil
	}
	return nil, bin.NewUnexpectedID(id)
}

func (x *exchange) resPQ(nonce bin.Int128) (bin.Encoder, error) {
	x.nonce, x.a, x.asked = nonce, nil, true
	if _, err := io.ReadFull(x.rand, x.serverNonce[:]); err != nil {
		return nil, err
	}
	return &mt.ResPQ{Nonce: nonce, ServerNonce: x.serverNonce, Pq: pq.Bytes(),
		ServerPublicKeyFingerprints: []int64{crypto.RSAFingerprint(&x.key.PublicKey)}}, nil
}

func (x *exchange) dhParams(r *mt.ReqDHParamsRequest) (bin.Encoder, error) {
	if !x.asked || r.Nonce != x.nonce || r.ServerNonce != x.serverNonce ||
		r.PublicKeyFingerprint != crypto.RSAFingerprint(&x.key.PublicKey) {
		return nil, errKeyNotFound
	}
	inner, err := x.inner(r.EncryptedData)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(inner.GetPq(), pq.Bytes()) || inner.GetNonce() != x.nonce || inner.GetServerNonce() != x.serverNonce || !factors(inner.GetP(), inner.GetQ()) || !factors(r.P, r.Q) {
		return nil, errKeyNotFound
	}
	if dc, ok := inner.(interface{ GetDC() int }); ok && !x.here(dc.GetDC()) {
		return nil, errWrongDC
	}
	x.newNonce = inner.GetNewNonce()
	ga, err := x.secret()
	if err != nil {
		return nil, err
	}
	var b bin.Buffer
	if err := b.Encode(&mt.ServerDHInnerData{Nonce: x.nonce, ServerNonce: x.serverNonce, G: dhG,
		DhPrime: dhPrime.Bytes(), GA: ga.Bytes(), ServerTime: int(x.now().Unix())}); err != nil {
		return nil, err
	}
	key, iv := crypto.TempAESKeys(x.newNonce.BigInt(), x.serverNonce.BigInt())
	answer, err := crypto.EncryptExchangeAnswer(x.rand, b.Buf, key, iv)
	if err != nil {
		return nil, err
	}
	return &mt.ServerDHParamsOk{Nonce: x.nonce, ServerNonce: x.serverNonce, EncryptedAnswer: answer}, nil
}

// inner decrypts p_q_inner_data in either padding: RSA_PAD, or the old SHA1 + data
// + random bytes. Its temporary forms are refused: a key that ends is not made
// here, and one that does not end is not what the client asked for.
func (x *exchange) inner(data []byte) (mt.PQInnerDataClass, error) {
	if len(data) != 256 {
		return nil, errKeyNotFound
	}
	clear, err := crypto.DecodeRSAPad(data, x.key)
	if err != nil {
		clear, err = crypto.RSADecryptHashed(data, x.key)
	}
	if err != nil {
		return nil, errKeyNotFound
	}
	inner, err := mt.DecodePQInnerData(&bin.Buffer{Buf: clear})
	if err != nil {
		return nil, errKeyNotFound
	}
	switch inner.(type) {
	case *mt.PQInnerData, *mt.PQInnerDataDC:
		return inner, nil
	}
	return nil, errKeyNotFound
}

// here says whether p_q_inner_data_dc means this DC; the media_only address may
// also be named by the negative id.
func (x *exchange) here(dc int) bool { return dc == x.dc || x.only && dc == -x.dc }

func factors(p, q []byte) bool {
	return bytes.Equal(p, pqP.Bytes()) && bytes.Equal(q, pqQ.Bytes())
}

// safe is the distance that g_a and g_b keep from 0 and the prime.
var safe = new(big.Int).Lsh(big.NewInt(1), 2048-64)

func inRange(g *big.Int) bool {
	return g.Cmp(safe) >= 0 && new(big.Int).Sub(dhPrime, g).Cmp(safe) >= 0
}

// secret makes a and returns g^a.
func (x *exchange) secret() (*big.Int, error) {
	for {
		a, err := rand.Int(x.rand, dhPrime)
		if err != nil {
			return nil, err
		}
		if ga := new(big.Int).Exp(big.NewInt(dhG), a, dhPrime); inRange(ga) {
			x.a = a
			return ga, nil
		}
	}
}

var errExchange = errors.New("exchange out of order")

func (x *exchange) dhGen(r *mt.SetClientDHParamsRequest) (bin.Encoder, error) {
	if x.a == nil || r.Nonce != x.nonce || r.ServerNonce != x.serverNonce {
		return nil, errKeyNotFound
	}
	key, iv := crypto.TempAESKeys(x.newNonce.BigInt(), x.serverNonce.BigInt())
	clear, err := crypto.DecryptExchangeAnswer(r.EncryptedData, key, iv)
	if err != nil || clear == nil { // gotd returns nil for a wrong hash
		return nil, errKeyNotFound
	}
	var inner mt.ClientDHInnerData
	if err := inner.Decode(&bin.Buffer{Buf: clear}); err != nil {
		return nil, errKeyNotFound
	}
	gb := new(big.Int).SetBytes(inner.GB)
	if inner.Nonce != x.nonce || inner.ServerNonce != x.serverNonce || !inRange(gb) {
		return nil, errKeyNotFound
	}
	var value crypto.Key
	if !crypto.FillBytes(gb.Exp(gb, x.a, dhPrime), value[:]) {
		return nil, errExchange
	}
	x.a, x.asked = nil, false
	x.done(value, crypto.ServerSalt(x.newNonce, x.serverNonce))
	return &mt.DhGenOk{Nonce: x.nonce, ServerNonce: x.serverNonce, NewNonceHash1: crypto.NonceHash1(x.newNonce, value)}, nil
}

package fake

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"math/rand/v2"
)

// rsaKey is the server's 2048 bit key of a seed: the same seed has the same key
// on every machine, so that a restarted fake is trusted again. crypto/rsa does not
// promise that for a seeded reader, hence the search by hand.
func rsaKey(seed uint64) *rsa.PrivateKey {
	source := rand.NewChaCha8(sha256.Sum256(binary.BigEndian.AppendUint64([]byte("teleplay fake rsa "), seed)))
	e := big.NewInt(65537)
	one := big.NewInt(1)
	p := prime(source, e)
	q := prime(source, e)
	for p.Cmp(q) == 0 {
		q = prime(source, e)
	}
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	return &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: int(e.Int64())},
		D:         new(big.Int).ModInverse(e, phi),
		Primes:    []*big.Int{p, q},
	}
}

// sieved are the small primes that candidates are tried by before the costly test.
var sieved = smallPrimes(1 << 12)

// prime finds the next 1024 bit prime p above a random start with p − 1 not
// divisible by the prime e. Its top two bits are set, so that two of them make
// 2048 bits.
func prime(source *rand.ChaCha8, e *big.Int) *big.Int {
	var b [128]byte
	_, _ = source.Read(b[:]) // never fails
	b[0] |= 0xc0
	b[127] |= 1
	p := new(big.Int).SetBytes(b[:])
	rest := make([]uint64, len(sieved))
	m := new(big.Int)
	for i, s := range sieved {
		rest[i] = m.Mod(p, m.SetUint64(s)).Uint64()
	}
	candidate, left := new(big.Int), new(big.Int)
search:
	for add := uint64(0); ; add += 2 {
		for i, s := range sieved {
			if (rest[i]+add)%s == 0 {
				continue search
			}
		}
		candidate.Add(p, m.SetUint64(add))
		if left.Mod(candidate, e).Cmp(big.NewInt(1)) != 0 && candidate.ProbablyPrime(0) {
			return candidate
		}
	}
}

func smallPrimes(below uint64) []uint64 {
	var list []uint64
next:
	for n := uint64(3); n < below; n += 2 {
		for _, p := range list {
			if p*p > n {
				break
			}
			if n%p == 0 {
				continue next
			}
		}
		list = append(list, n)
	}
	return list
}

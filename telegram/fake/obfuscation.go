package fake

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
	"slices"
)

// obfuscation is the AES-CTR layer of
// core.telegram.org/mtproto/mtproto-transports#transport-obfuscation.
type obfuscation struct {
	in, out cipher.Stream
}

// deobfuscate reads the 64 byte header: 8 random bytes, key, IV, and the codec's
// tag and DC, the last 8 bytes encrypted. What the server sends is encrypted by
// key and IV read backwards.
func deobfuscate(r *bufio.Reader) (codec, *obfuscation, error) {
	var head [64]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, nil, err
	}
	back := slices.Clone(head[8:56])
	slices.Reverse(back)
	o := &obfuscation{in: ctr(head[8:40], head[40:56]), out: ctr(back[:32], back[32:])}
	var clear [64]byte
	o.in.XORKeyStream(clear[:], head[:])
	c := tagged([4]byte(clear[56:60]))
	if c == nil {
		return nil, nil, fmt.Errorf("%w: no known transport", errFrame)
	}
	return c, o, nil
}

func ctr(key, iv []byte) cipher.Stream {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	return cipher.NewCTR(block, iv)
}

// clearReader decrypts what it reads.
type clearReader struct {
	r  io.Reader
	in cipher.Stream
}

func (c clearReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.in.XORKeyStream(p[:n], p[:n])
	return n, err
}

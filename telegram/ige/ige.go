// Package ige is AES-256 in infinite garble extension mode, the cipher of every
// MTProto frame. Each block waits for the one before, both ways, so a core's speed
// is the latency of fourteen AES rounds: on amd64 nothing else is on that path.
// Elsewhere, and on processors without AES instructions, crypto/aes does the work.
package ige

// blockSize is AES's, in bytes.
const blockSize = 16

// Encrypt encrypts src into dst. iv is the ciphertext and then the plaintext block
// before the first. It takes the whole blocks that both dst and src hold and leaves
// what is behind them. dst may be src; other overlaps are not allowed.
func Encrypt(key, iv *[32]byte, dst, src []byte) {
	if n := blocks(dst, src); n > 0 {
		encrypt(key, iv, dst[:n*blockSize], src[:n*blockSize])
	}
}

// Decrypt undoes Encrypt, under the same rules.
func Decrypt(key, iv *[32]byte, dst, src []byte) {
	if n := blocks(dst, src); n > 0 {
		decrypt(key, iv, dst[:n*blockSize], src[:n*blockSize])
	}
}

func blocks(dst, src []byte) int { return min(len(dst), len(src)) / blockSize }

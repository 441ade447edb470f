package ige

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
)

// portableEncrypt and portableDecrypt take at least one whole block.

func portableEncrypt(key, iv *[32]byte, dst, src []byte) {
	portable(block(key).Encrypt, iv[:blockSize], iv[blockSize:], dst, src)
}

func portableDecrypt(key, iv *[32]byte, dst, src []byte) {
	portable(block(key).Decrypt, iv[blockSize:], iv[:blockSize], dst, src)
}

// portable runs both ways: out = crypt(in ⊕ the out before) ⊕ the in before.
func portable(crypt func(dst, src []byte), lastOut, lastIn, dst, src []byte) {
	var state, in, before [blockSize]byte
	copy(state[:], lastOut)
	copy(before[:], lastIn)
	for len(src) >= blockSize {
		copy(in[:], src) // dst may be src
		subtle.XORBytes(state[:], state[:], in[:])
		crypt(state[:], state[:])
		subtle.XORBytes(state[:], state[:], before[:])
		copy(dst, state[:])
		before = in
		dst, src = dst[blockSize:], src[blockSize:]
	}
}

func block(key *[32]byte) cipher.Block {
	b, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // of the key's length alone, which the type fixes
	}
	return b
}

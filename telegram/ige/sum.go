package ige

import "crypto/sha256"

// DecryptSum decrypts as Decrypt does, and returns the SHA-256 of prefix and of what
// it decrypted: MTProto's msg_key is made of it. With SHA instructions it takes
// hardly more time than Decrypt alone.
func DecryptSum(key, iv, prefix *[32]byte, dst, src []byte) [sha256.Size]byte {
	n := blocks(dst, src) * blockSize
	return decryptSum(key, iv, prefix, dst[:n], src[:n])
}

// twoPasses decrypts and then hashes.
func twoPasses(key, iv, prefix *[32]byte, dst, src []byte) (sum [sha256.Size]byte) {
	Decrypt(key, iv, dst, src)
	h := sha256.New()
	h.Write(prefix[:])
	h.Write(dst)
	h.Sum(sum[:0])
	return sum
}

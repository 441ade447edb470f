//go:build !purego

package ige

import "golang.org/x/sys/cpu"

// hardware says that the processor has the instructions that ige_amd64.s uses.
var hardware = cpu.X86.HasAES && cpu.X86.HasSSE2

// schedule is AES-256's round keys for encryption.
type schedule [15 * blockSize]byte

//go:noescape
func expandKey(key *[32]byte, keys *schedule)

//go:noescape
func encryptBlocks(keys *schedule, iv *[32]byte, dst, src *byte, blocks int)

//go:noescape
func decryptBlocks(keys *schedule, iv *[32]byte, dst, src *byte, blocks int)

// encrypt and decrypt take at least one whole block, and as many of dst as of src.

func encrypt(key, iv *[32]byte, dst, src []byte) {
	if !hardware {
		portableEncrypt(key, iv, dst, src)
		return
	}
	var keys schedule
	expandKey(key, &keys)
	encryptBlocks(&keys, iv, &dst[0], &src[0], len(src)/blockSize)
}

func decrypt(key, iv *[32]byte, dst, src []byte) {
	if !hardware {
		portableDecrypt(key, iv, dst, src)
		return
	}
	var keys schedule
	expandKey(key, &keys)
	decryptBlocks(&keys, iv, &dst[0], &src[0], len(src)/blockSize)
}

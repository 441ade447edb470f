//go:build !purego

package ige

import (
	"crypto/sha256"

	"golang.org/x/sys/cpu"
)

// together says that the processor has the instructions that sum_amd64.s uses, and
// that a hash can be taken from the standard library and given back.
var together = hardware && cpu.X86.HasSSSE3 && cpu.X86.HasSSE41 && hasSHA() && stateKnown()

func hasSHA() bool

//go:noescape
func decryptHash(keys *schedule, iv *[32]byte, dst, src *byte, groups int, constants *[68]uint32, state *[8]uint32)

const (
	groupSize = 64 // bytes: one block of SHA-256, four of AES
	// ahead is how far decryption runs before hashing: what fills prefix's block, and
	// the first group.
	ahead = groupSize/2 + groupSize
	// togetherLeast is where beginning is worth it.
	togetherLeast = 1 << 10
)

func decryptSum(key, iv, prefix *[32]byte, dst, src []byte) (sum [sha256.Size]byte) {
	if !together || len(src) < togetherLeast {
		return twoPasses(key, iv, prefix, dst, src)
	}
	var keys schedule
	expandKey(key, &keys)
	var next [32]byte // the IV of what follows
	copy(next[:], src[ahead-blockSize:ahead])
	decryptBlocks(&keys, iv, &dst[0], &src[0], ahead/blockSize)
	copy(next[blockSize:], dst[ahead-blockSize:])

	h := sha256.New()
	h.Write(prefix[:])
	h.Write(dst[:groupSize/2])
	state, _ := stateOf(h)
	groups := (len(src) - ahead - 1) / groupSize // a block remains
	done := groups * groupSize
	dst, src, clear := dst[ahead:], src[ahead:], dst[groupSize/2:]
	decryptHash(&keys, &next, &dst[0], &src[0], groups, &constants, &state)
	decryptBlocks(&keys, &next, &dst[done], &src[done], (len(src)-done)/blockSize)
	_ = resume(h, &state, groupSize+done) // together has tried it
	h.Write(clear[done:])
	h.Sum(sum[:0])
	return sum
}

// constants are SHA-256's, and then how PSHUFB turns words of the other byte order.
var constants = [68]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
	0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f,
}

package fake

import "encoding/binary"

// Synthetic files have bytes that a formula gives, so that a film of 4 GiB costs
// nothing and any reader can be checked anywhere. With k = mix(seed + 0x9E3779B9) | 1,
// all in uint32, the byte at offset o is byte o mod 4, the lowest first, of
// mix((o/4 + 1) · k).

func mix(x uint32) uint32 {
	x ^= x >> 16
	x *= 0x7FEB352D
	x ^= x >> 15
	x *= 0x846CA68B
	x ^= x >> 16
	return x
}

// synthesize fills b with the bytes at offset of the synthetic file of seed.
func synthesize(seed uint32, offset int64, b []byte) {
	k := mix(seed+0x9E3779B9) | 1
	word := uint32(offset/4) + 1
	if r := int(offset % 4); r != 0 {
		var w [4]byte
		binary.LittleEndian.PutUint32(w[:], mix(word*k))
		b = b[copy(b, w[r:]):]
		word++
	}
	x := word * k
	for len(b) >= 16 { // four at a time: the multiplications overlap
		binary.LittleEndian.PutUint32(b, mix(x))
		binary.LittleEndian.PutUint32(b[4:], mix(x+k))
		binary.LittleEndian.PutUint32(b[8:], mix(x+2*k))
		binary.LittleEndian.PutUint32(b[12:], mix(x+3*k))
		x, b = x+4*k, b[16:]
	}
	for len(b) > 0 {
		var w [4]byte
		binary.LittleEndian.PutUint32(w[:], mix(x))
		x, b = x+k, b[copy(b, w[:]):]
	}
}

//go:build amd64 && !purego

package ige

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"errors"
	"hash"
)

// The standard library encodes a SHA-256 as these four bytes, eight words of state,
// the bytes of the block that has begun, and the number of bytes so far.
const (
	stateHead = "sha\x03"
	stateLen  = len(stateHead) + 4*8 + sha256.BlockSize + 8
)

// stateKnown says that the encoding is the one that is known here.
func stateKnown() bool {
	h := sha256.New()
	state, ok := stateOf(h)
	return ok && state[0] == 0x6a09e667 && resume(h, &state, 0) == nil
}

// stateOf is the state of a hash that took whole blocks.
func stateOf(h hash.Hash) (state [8]uint32, ok bool) {
	m, ok := h.(encoding.BinaryMarshaler)
	if !ok {
		return state, false
	}
	b, err := m.MarshalBinary()
	if err != nil || len(b) != stateLen || string(b[:len(stateHead)]) != stateHead {
		return state, false
	}
	for i := range state {
		state[i] = binary.BigEndian.Uint32(b[len(stateHead)+4*i:])
	}
	return state, true
}

// resume makes h a hash that took size bytes, whole blocks, and came to state.
func resume(h hash.Hash, state *[8]uint32, size int) error {
	u, ok := h.(encoding.BinaryUnmarshaler)
	if !ok {
		return errors.ErrUnsupported
	}
	b := append(make([]byte, 0, stateLen), stateHead...)
	for _, w := range state {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	return u.UnmarshalBinary(binary.BigEndian.AppendUint64(b[:stateLen-8], uint64(size)))
}

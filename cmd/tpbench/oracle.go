package main

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/teleplay/teleplay"
)

// oracle is what the bytes of the synthetic file of a seed must be: the formula of
// docs/FAKE-TELEGRAM.md, computed here a second time.
type oracle uint32

func mix(x uint32) uint32 {
	x = (x ^ x>>16) * 0x7FEB352D
	x = (x ^ x>>15) * 0x846CA68B
	return x ^ x>>16
}

// check compares b with the file's bytes from offset on.
func (o oracle) check(offset int64, b []byte) error {
	if n := o.wrong(offset, b); n > 0 {
		return fmt.Errorf("%d of %d bytes at offset %d of seed %d are wrong", n, len(b), offset, uint32(o))
	}
	return nil
}

// wrong counts the bytes of b that are not the file's from offset on.
func (o oracle) wrong(offset int64, b []byte) (n int64) {
	var part [teleplay.PartSize]byte
	for len(b) > 0 {
		want := part[:min(len(b), len(part))]
		o.fill(offset, want)
		if !bytes.Equal(b[:len(want)], want) {
			for i, v := range want {
				if b[i] != v {
					n++
				}
			}
		}
		offset, b = offset+int64(len(want)), b[len(want):]
	}
	return n
}

func (o oracle) fill(offset int64, b []byte) {
	k := mix(uint32(o)+0x9E3779B9) | 1
	word := uint32(offset/4) + 1
	if skip := int(offset % 4); skip > 0 {
		var w [4]byte
		binary.LittleEndian.PutUint32(w[:], mix(word*k))
		b = b[copy(b, w[skip:]):]
		word++
	}
	for ; len(b) >= 4; word++ {
		binary.LittleEndian.PutUint32(b, mix(word*k))
		b = b[4:]
	}
	if len(b) > 0 {
		var w [4]byte
		binary.LittleEndian.PutUint32(w[:], mix(word*k))
		copy(b, w[:])
	}
}

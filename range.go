package teleplay

import "iter"

// Range is a run of bytes of one file, after RFC 9110 §14: Length bytes from
// Start. A range of length 0 is empty wherever it starts.
type Range struct {
	Start, Length int64
}

// End is the offset just past the range.
func (r Range) End() int64 { return r.Start + r.Length }

// Chunks yields the ids of the chunks that the range touches, in order.
func (r Range) Chunks(message int32) iter.Seq[ChunkID] {
	return func(yield func(ChunkID) bool) {
		if r.Length <= 0 {
			return
		}
		for i := r.Start / ChunkSize; i <= (r.End()-1)/ChunkSize; i++ {
			if !yield(ChunkID{Message: message, Index: uint16(i)}) {
				return
			}
		}
	}
}

// Trim is the part of chunk id that lies in the range: bytes from up to to,
// counted from the chunk's start. from == to when they do not meet.
func (r Range) Trim(id ChunkID) (from, to int) {
	start, end := id.Offset(), id.Offset()+ChunkSize
	lo, hi := max(r.Start, start), min(r.End(), end)
	if hi <= lo {
		return 0, 0
	}
	return int(lo - start), int(hi - start)
}

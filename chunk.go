package teleplay

import "fmt"

const (
	// ChunkSize is Telegram's own boundary in bytes: one upload.getFile never
	// crosses a multiple of it.
	ChunkSize = 1 << 20
	// PartSize is the unit of a fill in bytes; 64 of them make a chunk, so that
	// the parts that have arrived fit one uint64.
	PartSize = 16 << 10
	// PartsPerChunk is how many parts a whole chunk has.
	PartsPerChunk = ChunkSize / PartSize
	// MaxFileSize is the largest file in bytes that the library takes: Telegram's
	// own limit. Its last chunk has index 4095.
	MaxFileSize = 4 << 30
)

// ChunkID names immutable bytes: chunk Index of the file in storage message
// Message. It is comparable and small; pass it by value.
type ChunkID struct {
	Message int32  // id of the message in the storage channel, > 0
	Index   uint16 // 0 is the file's first MiB
}

// Uint64 packs the id: the message in the upper bits, the index in the lower 16.
// Rings and caches of every node agree on this value.
func (id ChunkID) Uint64() uint64 { return uint64(uint32(id.Message))<<16 | uint64(id.Index) }

// UnpackChunkID is the inverse of ChunkID.Uint64.
func UnpackChunkID(u uint64) ChunkID {
	return ChunkID{Message: int32(uint32(u >> 16)), Index: uint16(u)}
}

// Offset is where the chunk begins in its file, in bytes.
func (id ChunkID) Offset() int64 { return int64(id.Index) * ChunkSize }

// Length is how many bytes the chunk has in a file of size bytes: ChunkSize, less
// for the last one, 0 past the end.
func (id ChunkID) Length(size int64) int {
	return int(min(max(size-id.Offset(), 0), ChunkSize))
}

func (id ChunkID) String() string { return fmt.Sprintf("%d/%d", id.Message, id.Index) }

// Parts is how many parts a chunk of length bytes has; the last may be short.
func Parts(length int) int { return (length + PartSize - 1) / PartSize }

// Chunk is a complete chunk. Its bytes are shared without copying and are never
// written again.
type Chunk struct {
	ID    ChunkID
	Bytes []byte
}

// Urgency orders requests for chunks: the lower, the sooner. In a flood wait 2–4
// are dropped first.
type Urgency uint8

const (
	Urgent      Urgency = iota // a player waits for it
	FirstWindow                // the rest of a reader's first window
	ReadAhead                  // later windows
	Prepare                    // pins and warm-up before the press
	HandOver                   // copies between nodes
)

// Hurried is a Sink of which somebody may want more haste than its source was told:
// asked once the source can be told of later changes, so that none is missed.
type Hurried interface {
	// Haste is the urgency of now and the byte that is waited for; false = as told.
	Haste() (u Urgency, from int, ok bool)
}

// Sink takes the parts of one chunk. It is safe for use by any goroutine.
type Sink interface {
	// Missing is the set of parts that are still wanted, bit i for part i. It
	// shrinks while other sources put parts.
	Missing() uint64
	// Put copies b, a run of whole parts from part on (only the chunk's last part
	// may be short), before it returns. What is there already, or comes after the
	// chunk was given up, is ignored.
	Put(part int, b []byte)
}

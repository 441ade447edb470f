package telegram_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
)

// expected is the length bytes at offset of the synthetic file of seed: the
// formula of the control API, written a second time.
func expected(seed uint32, offset int64, length int) []byte {
	scramble := func(x uint32) uint32 {
		x = (x ^ x>>16) * 0x7FEB352D
		x = (x ^ x>>15) * 0x846CA68B
		return x ^ x>>16
	}
	k := scramble(seed+0x9E3779B9) | 1
	first := offset / 4
	words := (offset+int64(length)+3)/4 - first
	b := make([]byte, 0, 4*words)
	for i := range words {
		b = binary.LittleEndian.AppendUint32(b, scramble(uint32(first+i+1)*k))
	}
	skip := offset % 4
	return b[skip : skip+int64(length)]
}

func TestExpected(t *testing.T) {
	for _, v := range []struct {
		seed   uint32
		offset int64
		hex    string
	}{
		{1, 0, "6bf6587fac704baf8c27bebcc35c0482"}, {1, 1048573, "9712837706e62319"},
		{1, 4294967294, "efa30d0dccf10f8f"}, {0, 0, "977a7ca07ddef8b8"},
		{42, 0, "edb40a1af0cdc712"}, {4294967295, 0, "2b7090a2ee59ed9c"},
	} {
		if got := hex.EncodeToString(expected(v.seed, v.offset, len(v.hex)/2)); got != v.hex {
			t.Errorf("seed %d at %d: %s, want %s", v.seed, v.offset, got, v.hex)
		}
	}
}

// fill is a Sink of one chunk.
type fill struct {
	mu      sync.Mutex
	b       []byte
	missing uint64
	first   int // the part that came first; −1 = none yet
}

func newFill(length int) *fill {
	return &fill{b: make([]byte, length), missing: ^uint64(0) >> (64 - teleplay.Parts(length)), first: -1}
}

func (f *fill) Missing() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.missing
}

func (f *fill) Put(part int, b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first < 0 {
		f.first = part
	}
	for i := 0; i*teleplay.PartSize < len(b); i++ {
		bit := uint64(1) << (part + i)
		if f.missing&bit != 0 {
			copy(f.b[(part+i)*teleplay.PartSize:], b[i*teleplay.PartSize:min(len(b), (i+1)*teleplay.PartSize)])
			f.missing &^= bit
		}
	}
}

// fetch is one whole chunk of a file of size bytes.
func fetch(ctx context.Context, p *telegram.Pool, id teleplay.ChunkID, size int64, from int) ([]byte, error) {
	f := newFill(id.Length(size))
	if err := p.Fetch(ctx, id, len(f.b), from, teleplay.Urgent, f); err != nil {
		return nil, err
	}
	return f.b, nil
}

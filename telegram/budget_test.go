//go:build !race

package telegram

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/proto"
)

func TestFilePartAllocates(t *testing.T) {
	answer := fileAnswer(t, 512<<10)
	p := &filePart{512 << 10, func([]byte) {}, new(frames)}
	var b bin.Buffer
	if n := testing.AllocsPerRun(100, func() {
		b.Buf = answer
		if err := p.Decode(&b); err != nil {
			t.Fatal(err)
		}
	}); n > 1 { // the type, which is empty
		t.Errorf("%v allocations", n)
	}
}

// TestPartsCostOneCopy follows parts from the wire into the sink: gotd's copy of the
// answer is all the memory that each takes.
func TestPartsCostOneCopy(t *testing.T) {
	const size, parts = 512 << 10, 64
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it empties pools
	key, memory := testKey(t), new(frames)
	var answer, sealed bin.Buffer
	if err := answer.Encode(&proto.Result{RequestMessageID: 9, Result: fileAnswer(t, size)}); err != nil {
		t.Fatal(err)
	}
	if err := crypto.NewServerCipher(seeded(1)).Encrypt(key, crypto.EncryptedMessageData{
		MessageDataLen: int32(answer.Len()), MessageDataWithPadding: answer.Buf}, &sealed); err != nil {
		t.Fatal(err)
	}
	stream := binary.LittleEndian.AppendUint32(nil, uint32(sealed.Len()))
	stream = append(stream, sealed.Buf...)
	p := &filePart{size, func([]byte) {}, memory}
	one := func() {
		var b bin.Buffer
		var r proto.Result
		if err := (frameCodec{frames: memory}).Read(bytes.NewReader(stream), &b); err != nil {
			t.Fatal(err)
		}
		m, err := frameCipher{}.DecryptFromBuffer(key, &b)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Decode(&bin.Buffer{Buf: m.Data()}); err != nil {
			t.Fatal(err)
		}
		if err := p.Decode(&bin.Buffer{Buf: r.Result}); err != nil {
			t.Fatal(err)
		}
	}
	one()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range parts {
		one()
	}
	runtime.ReadMemStats(&after)
	// A goroutine that changes its processor may miss what it gave on the last.
	if per := float64(after.TotalAlloc-before.TotalAlloc) / (parts * size); per > 1.1 {
		t.Errorf("%.2f bytes allocated for each that came", per)
	}
}

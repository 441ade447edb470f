package telegram

import (
	"bytes"
	"errors"
	"testing"
	"testing/iotest"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/proto"
	"github.com/gotd/td/proto/codec"
)

// TestFramesAreReadLikeGotds: whole, in pieces, cut off, too long, an error code.
func TestFramesAreReadLikeGotds(t *testing.T) {
	stream := func(length int, rest ...byte) []byte {
		var b bin.Buffer
		b.PutInt(length)
		return append(b.Buf, rest...)
	}
	for name, s := range map[string][]byte{
		"nothing":       nil,
		"half a length": {8, 0},
		"no bytes":      stream(0),
		"negative":      stream(-8, 1, 2, 3, 4, 5, 6, 7, 8),
		"too long":      stream(1<<24 + 1),
		"cut off":       stream(8, 1, 2, 3, 4),
		"error −404":    stream(4, 0x6c, 0xfe, 0xff, 0xff),
		"error −429":    stream(4, 0x53, 0xfe, 0xff, 0xff),
		"one frame":     stream(8, 1, 2, 3, 4, 5, 6, 7, 8),
		"and more":      stream(8, 1, 2, 3, 4, 5, 6, 7, 8, 9),
	} {
		var want, got bin.Buffer
		refused := codec.Intermediate{}.Read(bytes.NewReader(s), &want)
		f := new(frames)
		f.give(bytes.Repeat([]byte{0xff}, 15)) // old memory shows nowhere
		left := bytes.NewReader(s)
		err := frameCodec{frames: f}.Read(iotest.OneByteReader(left), &got)
		if (err == nil) != (refused == nil) {
			t.Errorf("%s: error %v, gotd's %v", name, err, refused)
			continue
		}
		var theirs, ours *codec.ProtocolErr
		if errors.As(refused, &theirs) && (!errors.As(err, &ours) || *ours != *theirs) {
			t.Errorf("%s: error %v, gotd's %v", name, err, refused)
		}
		if err == nil && (!bytes.Equal(got.Buf, want.Buf) || left.Len() != len(s)-12) {
			t.Errorf("%s: %v with %d left, gotd's %v", name, got.Buf, left.Len(), want.Buf)
		}
	}
}

func TestFramesOfAnySize(t *testing.T) {
	var f frames
	for _, n := range []int{0, 1, 15, 16, 17, 524288, 524287, 524289, 16, 1 << 20} {
		for _, given := range []int{n - 1, n, n + 1} {
			if given >= 0 {
				f.give(make([]byte, given))
			}
		}
		if b := f.take(n); len(b) != n {
			t.Errorf("took %d bytes, want %d", len(b), n)
		}
	}
}

// TestGotdCopiesAnswers is why a filePart may give an answer's memory away: no frame
// and no other answer lies in it.
func TestGotdCopiesAnswers(t *testing.T) {
	body := bytes.Repeat([]byte{1}, 64)
	var result bin.Buffer
	if err := result.Encode(&proto.Result{RequestMessageID: 9, Result: body}); err != nil {
		t.Fatal(err)
	}
	frame := bytes.Clone(result.Buf)
	var r proto.Result
	if err := r.Decode(&bin.Buffer{Buf: frame}); err != nil {
		t.Fatal(err)
	}
	clear(frame)
	if !bytes.Equal(r.Result, body) {
		t.Error("gotd gives an answer where it lies in the frame; filePart must not give it away")
	}
}

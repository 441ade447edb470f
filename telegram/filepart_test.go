package telegram

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// fileAnswer is an upload.file with n bytes.
func fileAnswer(t testing.TB, n int) []byte {
	t.Helper()
	body := make([]byte, n)
	if _, err := io.ReadFull(seeded(uint64(n)), body); err != nil {
		t.Fatal(err)
	}
	var b bin.Buffer
	if err := b.Encode(&tg.UploadFile{Type: &tg.StorageFilePartial{}, Mtime: 5, Bytes: body}); err != nil {
		t.Fatal(err)
	}
	return b.Buf
}

// decodePart is what a filePart of a length makes of an answer: nil = nothing put.
func decodePart(t testing.TB, answer []byte, length int) ([]byte, error) {
	t.Helper()
	var got []byte
	p := &filePart{length, func(b []byte) {
		if got != nil {
			t.Error("put twice")
		}
		got = append([]byte{}, b...)
	}}
	err := p.Decode(&bin.Buffer{Buf: answer})
	if (err == nil) != (got != nil) {
		t.Errorf("put %d bytes with error %v", len(got), err)
	}
	return got, err
}

// TestFilePartLikeGotd: of every length what gotd's own decoder finds.
func TestFilePartLikeGotd(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 5, 253, 254, 255, 256, 257, 258, 16 << 10, 1<<20 - 1, 1 << 20} {
		answer := fileAnswer(t, n)
		var box tg.UploadFileBox
		if err := box.Decode(&bin.Buffer{Buf: bytes.Clone(answer)}); err != nil {
			t.Fatal(err)
		}
		got, err := decodePart(t, answer, n)
		if err != nil || !bytes.Equal(got, box.File.(*tg.UploadFile).Bytes) {
			t.Errorf("%d bytes: got %d, error %v", n, len(got), err)
		}
	}
}

func TestFilePartRefuses(t *testing.T) {
	good := fileAnswer(t, 301)
	change := func(at int, to byte) []byte { b := bytes.Clone(good); b[at] = to; return b }
	var redirect bin.Buffer
	if err := redirect.Encode(&tg.UploadFileCDNRedirect{}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		answer []byte
		want   error
	}{
		"shorter than asked":     {fileAnswer(t, 300), errLength},
		"longer than asked":      {fileAnswer(t, 302), errLength},
		"empty":                  {fileAnswer(t, 0), errLength},
		"redirect":               {redirect.Buf, errCDN},
		"nothing":                {nil, errGarbled},
		"half an id":             {good[:3], errGarbled},
		"another answer":         {change(0, good[0]+1), errGarbled},
		"another type":           {change(4, good[4]+1), errGarbled},
		"an id alone":            {good[:4], errGarbled},
		"no mtime":               {good[:8], errGarbled},
		"no length":              {good[:12], errGarbled},
		"half a length":          {good[:15], errGarbled},
		"length of no kind":      {change(12, 255), errGarbled},
		"a length that is short": {change(13, good[13]-4), errGarbled},
		"a length that is long":  {change(15, 1), errGarbled},
		"cut":                    {good[:len(good)-4], errGarbled},
		"without padding":        {good[:len(good)-1], errGarbled},
		"something behind":       {append(bytes.Clone(good), 0, 0, 0, 0), errGarbled},
	} {
		if _, err := decodePart(t, c.answer, 301); !errors.Is(err, c.want) || !useless(err) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}

// FuzzFilePart: what gotd's decoder refuses is refused, and what is accepted is
// what it finds, with nothing left behind.
func FuzzFilePart(f *testing.F) {
	for _, n := range []int{0, 5, 253, 254, 300} {
		f.Add(fileAnswer(f, n), n)
	}
	f.Fuzz(func(t *testing.T, answer []byte, length int) {
		var box tg.UploadFileBox
		rest := bin.Buffer{Buf: bytes.Clone(answer)}
		refused := box.Decode(&rest)
		file, isFile := box.File.(*tg.UploadFile)
		got, err := decodePart(t, answer, length)
		switch {
		case err != nil:
			if refused == nil && isFile && rest.Len() == 0 && len(file.Bytes) == length {
				t.Fatalf("refused a good answer: %v", err)
			}
		case refused != nil:
			t.Fatalf("accepted what gotd refuses: %v", refused)
		case !isFile, rest.Len() != 0, len(got) != length, !bytes.Equal(got, file.Bytes):
			t.Fatalf("accepted %d bytes of %v, %d behind it", len(got), box.File, rest.Len())
		}
	})
}

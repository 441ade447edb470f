package fake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// blob is bytes that the world keeps, named by their hash.
type blob struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// putBlob keeps bytes under a name that a source may use. The same name again
// holds for later sources only; files that were made of the old bytes keep them.
func (w *world) putBlob(name string, r io.Reader) (blobView, error) {
	if !madeOf(name, 100, letters+digits+"._-") {
		return blobView{}, invalid("a blob's name has 1–100 letters, digits, dots, dashes, underscores")
	}
	kept, own, err := w.receive(r)
	if err != nil {
		return blobView{}, err
	}
	err = w.change(func() error {
		if own != nil {
			w.blobs[kept.SHA256] = own
		}
		w.db.names.put(name, kept)
		return nil
	})
	return blobView{Blob: name, Size: kept.Size, SHA256: kept.SHA256}, err
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
)

// madeOf says whether name has 1 to limit bytes, all of them from letters.
func madeOf(name string, limit int, letters string) bool {
	return name != "" && len(name) <= limit && strings.Trim(name, letters) == ""
}

// receive stores bytes in the data directory, however many they are, or gives
// them back when there is none.
func (w *world) receive(r io.Reader) (blob, []byte, error) {
	sum := sha256.New()
	if w.data == "" {
		b, err := io.ReadAll(io.TeeReader(r, sum))
		return blob{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: int64(len(b))}, b, err
	}
	f, err := os.CreateTemp(filepath.Join(w.data, "blobs"), ".new-*")
	if err != nil {
		return blob{}, nil, err
	}
	n, err := io.Copy(f, io.TeeReader(r, sum))
	k := blob{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), w.blobPath(k.SHA256))
	}
	if err != nil {
		return k, nil, errors.Join(err, os.Remove(f.Name()))
	}
	return k, nil, nil
}

// keep stores bytes that the world made itself; they are there before anything
// refers to them. The lock is held.
func (w *world) keep(b []byte) (blob, error) {
	k, own, err := w.receive(bytes.NewReader(b))
	if own != nil {
		w.blobs[k.SHA256] = own
	}
	return k, err
}

func (w *world) blobPath(sum string) string { return filepath.Join(w.data, "blobs", sum) }

// blobContent gives the bytes of a blob.
func (w *world) blobContent(k blob) content {
	if b, ok := w.blobs[k.SHA256]; ok {
		return content{size: k.Size, fill: func(p []byte, off int64) error {
			copy(p, b[off:])
			return nil
		}}
	}
	path := w.blobPath(k.SHA256)
	return content{size: k.Size, fill: func(p []byte, off int64) error { return readAt(path, p, off) }}
}

func readAt(path string, p []byte, off int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.ReadFull(io.NewSectionReader(f, off, int64(len(p))), p)
	return err
}

package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
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
	kept, err := w.blobs.take(r)
	if err != nil {
		return blobView{}, err
	}
	err = w.change(func() error {
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

// blobs keeps bytes by their hash: in a directory, or in memory when there is
// none. They never change, and they are there before a row of the world names
// them; so they have a lock of their own and are hashed, written and read while
// the world goes on. Bytes of what was refused stay, unnamed.
type blobs struct {
	dir string // "" = memory

	mu   sync.RWMutex
	held map[string][]byte
}

// take keeps what r gives, however much it is.
func (s *blobs) take(r io.Reader) (blob, error) {
	sum := sha256.New()
	if s.dir == "" {
		b, err := io.ReadAll(io.TeeReader(r, sum))
		k := blob{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: int64(len(b))}
		if err == nil {
			s.mu.Lock()
			s.held[k.SHA256] = b
			s.mu.Unlock()
		}
		return k, err
	}
	f, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return blob{}, err
	}
	n, err := io.Copy(f, io.TeeReader(r, sum))
	k := blob{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.path(k.SHA256))
	}
	if err != nil {
		return k, errors.Join(err, os.Remove(f.Name()))
	}
	return k, nil
}

func (s *blobs) path(sum string) string { return filepath.Join(s.dir, sum) }

// content gives the bytes of a blob.
func (s *blobs) content(k blob) content {
	s.mu.RLock()
	b, ok := s.held[k.SHA256]
	s.mu.RUnlock()
	if ok {
		return content{size: k.Size, fill: func(p []byte, off int64) error {
			copy(p, b[off:])
			return nil
		}}
	}
	path := s.path(k.SHA256)
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

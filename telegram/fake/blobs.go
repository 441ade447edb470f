package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// blob is bytes that the world keeps, named by their hash.
type blob struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

var blobName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// putBlob keeps bytes under a name that a source may use. The same name again
// holds for later sources only; files that were made of the old bytes keep them.
func (w *world) putBlob(name string, r io.Reader) (blobView, error) {
	if !blobName.MatchString(name) {
		return blobView{}, invalid("a blob's name has 1–100 letters, digits, dots, dashes, underscores")
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return blobView{}, err
	}
	var kept blob
	err = w.change(func() error {
		if kept, err = w.keep(b); err != nil {
			return err
		}
		w.db.names.put(name, kept)
		return nil
	})
	return blobView{Blob: name, Size: kept.Size, SHA256: kept.SHA256}, err
}

// keep stores bytes; they are there before anything refers to them.
func (w *world) keep(b []byte) (blob, error) {
	sum := sha256.Sum256(b)
	k := blob{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(b))}
	if w.data == "" {
		w.blobs[k.SHA256] = b
		return k, nil
	}
	path := w.blobPath(k.SHA256)
	if st, err := os.Stat(path); err == nil && st.Size() == k.Size {
		return k, nil
	}
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return k, err
	}
	return k, os.Rename(path+".new", path)
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

package fake

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/teleplay/teleplay"
)

// kinds are the ways in which Telegram shows a file, with the MIME type of those
// that do not say theirs.
var kinds = map[string]string{
	"video": "video/mp4", "audio": "audio/mpeg", "voice": "audio/ogg", "document": "application/octet-stream",
	"photo": "image/jpeg", "animation": "video/mp4", "video_note": "video/mp4",
}

// Telegram's limits: bytes of a person's file and of a photo.
const (
	maxFileSize  = 4 << 30
	maxPhotoSize = 10 << 20
)

// document is a file, whoever has it in a message. Its id is the same for all
// accounts; its bytes never change.
type document struct {
	ID        int64   `json:"id"`
	Kind      string  `json:"kind"`
	DC        int     `json:"dc"`
	Size      int64   `json:"size"`
	FileName  string  `json:"file_name,omitempty"`
	MIME      string  `json:"mime_type"`
	Duration  float64 `json:"duration,omitempty"`
	Width     int     `json:"width,omitempty"`
	Height    int     `json:"height,omitempty"`
	Title     string  `json:"title,omitempty"`
	Performer string  `json:"performer,omitempty"`
	Date      int64   `json:"date"`
	Source    source  `json:"source"`
	Modified  int64   `json:"modified,omitempty"` // of a file by path, unix ns
	Blob      blob    `json:"blob"`               // of a blob or a drawn photo
	Stripped  []byte  `json:"stripped,omitempty"`
	Thumbs    []thumb `json:"thumbs,omitempty"`

	Attributes []byte `json:"attributes,omitempty"` // TL, of a bot's upload

	Alternatives []int64    `json:"alternatives,omitempty"` // documents of lower quality
	prepared     []document // what they will be, until this document is kept
}

// content is bytes that can be read at any offset below size. fill writes all of
// p and is safe for use by many goroutines.
type content struct {
	size int64
	fill func(p []byte, off int64) error
}

// prepare makes the file that m describes, without an id as yet, or finds the one
// it names. It reads, draws and hashes: the lock must not be held.
func (w *world) prepare(m media) (document, error) {
	if _, ok := kinds[m.Kind]; !ok {
		return document{}, invalid("unknown kind %q", m.Kind)
	}
	if m.Source.Document != 0 {
		if len(m.Alt) > 0 {
			return document{}, invalid("document %d has its alt already", m.Source.Document)
		}
		w.mu.Lock()
		d, ok := w.db.documents.rows[m.Source.Document]
		w.mu.Unlock()
		if !ok {
			return d, notFound("document")
		}
		if d.Kind != m.Kind {
			return d, teleplay.Fail(teleplay.ErrConflict, "conflict", fmt.Sprintf("document %d is of kind %s", d.ID, d.Kind))
		}
		return d, nil
	}
	if m.DC != 0 && !slices.Contains(w.dcs, m.DC) {
		return document{}, invalid("no DC %d", m.DC)
	}
	d := document{
		Kind: m.Kind, DC: m.DC, FileName: m.FileName, MIME: m.MIME, Duration: m.Duration, Width: m.Width, Height: m.Height,
		Title: m.Title, Performer: m.Performer, Date: w.now().Unix(), Source: m.Source,
	}
	if d.MIME == "" {
		d.MIME = kinds[m.Kind]
	}
	if err := w.takeSource(&d); err != nil {
		return d, err
	}
	cover, err := w.cover(m.Thumb)
	if err == nil {
		err = w.takePictures(&d, cover)
	}
	if err == nil {
		d.prepared, err = w.alternatives(d, m.Alt)
	}
	return d, err
}

// fileID makes a document's id of a secret.
func fileID(secret []byte) int64 { return int64(binary.LittleEndian.Uint64(secret)>>2 | 1<<61) }

// file keeps a document that was prepared and gives its id. A new one that has no
// DC gets the next in turn.
func (w *world) file(d document) int64 {
	if d.ID != 0 {
		return d.ID
	}
	n := w.next("document")
	d.ID = fileID(w.secret("document", w.db.counters.rows["reset"], n))
	if d.DC == 0 {
		d.DC = w.dcs[int(n-1)%len(w.dcs)]
	}
	d.Alternatives, d.prepared = w.fileAlternatives(d), nil
	w.db.documents.put(d.ID, d)
	return d.ID
}

// takeSource finds out how large the source is and pins its bytes.
func (w *world) takeSource(d *document) error {
	s := d.Source
	one := 0
	for _, given := range []bool{s.Path != "", s.Seed != nil, s.Blob != ""} {
		if given {
			one++
		}
	}
	if one != 1 || (s.Seed == nil && s.Size != 0) {
		return invalid("a source is one of path, seed with size, blob, document_id")
	}
	switch {
	case s.Path != "":
		st, err := os.Stat(s.Path)
		if err != nil || !st.Mode().IsRegular() || !filepath.IsAbs(s.Path) {
			return invalid("source path %q is no absolute path of a file", s.Path)
		}
		d.Size, d.Modified = st.Size(), st.ModTime().UnixNano()
		if d.FileName == "" && d.Kind != "photo" && d.Kind != "voice" && d.Kind != "video_note" {
			d.FileName = filepath.Base(s.Path)
		}
	case s.Blob != "":
		w.mu.Lock()
		k, ok := w.db.names.rows[s.Blob]
		w.mu.Unlock()
		if !ok {
			return notFound("blob")
		}
		d.Size, d.Blob = k.Size, k
	case s.Size < 0:
		return invalid("size %d is negative", s.Size)
	default:
		d.Size = s.Size
	}
	if d.Size > maxFileSize {
		return refuse(400, "FILE_PARTS_INVALID")
	}
	return nil
}

// content is the file itself. A file by path that has changed since it was stored
// is a conflict.
func (w *world) content(d document) (content, error) {
	switch {
	case d.Blob.SHA256 != "":
		return w.blobs.content(d.Blob), nil
	case d.Source.Seed != nil:
		seed := *d.Source.Seed
		return content{size: d.Size, fill: func(p []byte, off int64) error {
			synthesize(seed, off, p)
			return nil
		}}, nil
	}
	path := d.Source.Path
	st, err := os.Stat(path)
	if err != nil || st.Size() != d.Size || st.ModTime().UnixNano() != d.Modified {
		return content{}, teleplay.Fail(teleplay.ErrConflict, "conflict", path+" has changed since it was stored")
	}
	return content{size: d.Size, fill: func(p []byte, off int64) error { return readAt(path, p, off) }}, nil
}

func (d document) view() stored {
	s := d.Source
	if s.Seed != nil {
		s.Size = d.Size
	}
	return stored{
		Kind: d.Kind, Document: d.ID, Size: d.Size, DC: d.DC, FileName: d.FileName, MIME: d.MIME,
		Duration: d.Duration, Width: d.Width, Height: d.Height, Source: s,
	}
}

// stored describes a file and its lower qualities.
func (w *world) stored(d document) stored {
	v := d.view()
	for _, id := range d.Alternatives {
		v.Alt = append(v.Alt, w.db.documents.rows[id].view())
	}
	return v
}

// document describes a file by its id.
func (w *world) document(id int64) (stored, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d, ok := w.db.documents.rows[id]
	if !ok {
		return stored{}, notFound("document")
	}
	return w.stored(d), nil
}

// documentBytes reads length bytes of a file from offset, fewer at its end; a
// negative length is all there is. It says how many will come.
func (w *world) documentBytes(id, offset, length int64) (*io.SectionReader, int64, error) {
	w.mu.Lock()
	d, ok := w.db.documents.rows[id]
	w.mu.Unlock()
	if !ok {
		return nil, 0, notFound("document")
	}
	c, err := w.content(d)
	if err != nil {
		return nil, 0, err
	}
	if offset < 0 || offset > c.size {
		return nil, 0, invalid("offset %d is outside of the file", offset)
	}
	n := c.size - offset
	if length >= 0 {
		n = min(n, length)
	}
	return io.NewSectionReader(c, offset, n), n, nil
}

// ReadAt makes content an io.ReaderAt.
func (c content) ReadAt(p []byte, off int64) (int, error) {
	if off >= c.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), c.size-off))
	if err := c.fill(p[:n], off); err != nil {
		return 0, err
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

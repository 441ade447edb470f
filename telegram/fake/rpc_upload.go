package fake

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// checkPart judges a getFile's place by the rules of core.telegram.org/api/files:
// offset and limit are multiples of 4 KiB and 1 MiB is one of limit; precise asks
// for multiples of 1 KiB and at most 1 MiB. No part crosses a multiple of 1 MiB.
func checkPart(offset int64, limit int, precise bool) error {
	const mib = 1 << 20
	unit := 4 << 10
	if precise {
		unit = 1 << 10
	}
	switch {
	case offset < 0 || offset%int64(unit) != 0:
		return refuse(400, "OFFSET_INVALID")
	case limit <= 0 || limit > mib || limit%unit != 0, !precise && mib%limit != 0,
		offset/mib != (offset+int64(limit)-1)/mib:
		return refuse(400, "LIMIT_INVALID")
	}
	return nil
}

func (w *world) getFile(c *call, r *tg.UploadGetFileRequest) (bin.Encoder, error) {
	if err := checkPart(r.Offset, r.Limit, r.Precise); err != nil {
		return nil, err
	}
	w.mu.Lock()
	d, size, err := w.located(c.account, r.Location)
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if d.DC != c.dc {
		return nil, refuse(303, fmt.Sprintf("FILE_MIGRATE_%d", d.DC))
	}
	body, err := w.opened(d, size)
	if err != nil {
		return nil, err
	}
	n := int64(0)
	if r.Offset < body.size {
		n = min(int64(r.Limit), body.size-r.Offset)
	}
	return &filePart{mtime: int(d.Date), body: body, offset: r.Offset, size: int(n), jpeg: d.Kind == "photo" || size != ""}, nil
}

// located is the file that a location names, and the size of its picture ("" =
// the file itself). Hash and reference must be the account's own.
func (w *world) located(account int64, l tg.InputFileLocationClass) (document, string, error) {
	var id, hash int64
	var ref []byte
	var size string
	photo := false
	switch l := l.(type) {
	case *tg.InputDocumentFileLocation:
		id, hash, ref, size = l.ID, l.AccessHash, l.FileReference, l.ThumbSize
	case *tg.InputPhotoFileLocation:
		id, hash, ref, size, photo = l.ID, l.AccessHash, l.FileReference, l.ThumbSize, true
	default:
		return document{}, "", errNotBuilt
	}
	d, ok := w.db.documents.rows[id]
	if !ok || (d.Kind == "photo") != photo || hash != w.accessHash(account, "file", id) {
		return d, "", refuse(400, "FILE_ID_INVALID")
	}
	return d, size, w.checkReference(account, id, ref)
}

// opened gives the bytes of the file or of a size of its picture.
func (w *world) opened(d document, size string) (content, error) {
	body, ok, err := content{}, true, error(nil)
	if size == "" && d.Kind != "photo" {
		body, err = w.content(d)
	} else {
		body, ok, err = w.sizeContent(d, size)
	}
	switch {
	case !ok:
		return body, refuse(400, "LOCATION_INVALID")
	case errors.Is(err, teleplay.ErrConflict):
		return body, refuse(400, "SOURCE_CHANGED") // no such error on the real server, whose files stay
	}
	return body, err
}

// filePart is upload.file whose bytes are made in the answer's own buffer.
type filePart struct {
	mtime  int
	body   content
	offset int64
	size   int
	jpeg   bool

	surplus int // bytes too many, by a fault
}

// Encode writes upload.file.
func (f *filePart) Encode(b *bin.Buffer) error {
	b.PutID(tg.UploadFileTypeID)
	if f.jpeg {
		b.PutID(tg.StorageFileJpegTypeID)
	} else {
		b.PutID(tg.StorageFilePartialTypeID)
	}
	b.PutInt(f.mtime)
	start := len(b.Buf)
	size := f.size + f.surplus
	if size < 254 {
		b.Buf = append(b.Buf, byte(size))
	} else {
		b.Buf = append(b.Buf, 254, byte(size), byte(size>>8), byte(size>>16))
	}
	from := len(b.Buf)
	end := from + size
	padded := end + (4-(end-start)%4)%4
	b.Buf = slices.Grow(b.Buf, padded-from)[:padded]
	clear(b.Buf[from+f.size : padded])
	return f.body.fill(b.Buf[from:from+f.size], f.offset)
}

// fileBytes is how many bytes of a file an answer carries, and whether it is one.
func fileBytes(answer bin.Encoder) (int, bool) {
	switch f := answer.(type) {
	case *filePart:
		return f.size + f.surplus, true
	case *tg.UploadFile:
		return len(f.Bytes), true
	}
	return 0, false
}

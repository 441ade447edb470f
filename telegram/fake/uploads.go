package fake

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"image"
	"io"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// Limits of core.telegram.org/api/files#uploading-files, for accounts that pay
// nothing, as bots do.
const (
	maxPart    = 512 << 10 // bytes of a part
	maxParts   = 4000      // of a file
	maxSmall   = 10 << 20  // bytes of a file in small parts
	maxWaiting = maxParts * maxPart
	uploadLife = time.Hour // how long parts wait for the message that uses them
)

// uploadKey names a file that an account is uploading to a DC. Small and big
// parts are two files, even under one id.
type uploadKey struct {
	dc            int
	account, file int64
	big           bool
}

// upload is the parts of a file that have come so far. They are lost with the
// process, as the message that will use them has not been accepted yet.
type upload struct {
	parts map[int][]byte // never written to again
	size  int
	total int // of parts, as the client has said; −1 = it has not
	last  time.Time
}

func (w *world) saveFilePart(c *call, r *tg.UploadSaveFilePartRequest) (bin.Encoder, error) {
	return w.savePart(uploadKey{c.dc, c.account, r.FileID, false}, r.FilePart, -1, r.Bytes)
}

func (w *world) saveBigFilePart(c *call, r *tg.UploadSaveBigFilePartRequest) (bin.Encoder, error) {
	if r.FileTotalParts < -1 || r.FileTotalParts == 0 || r.FileTotalParts > maxParts || (r.FileTotalParts > 0 && r.FilePart >= r.FileTotalParts) {
		return nil, refuse(400, "FILE_PARTS_INVALID")
	}
	return w.savePart(uploadKey{c.dc, c.account, r.FileID, true}, r.FilePart, r.FileTotalParts, r.Bytes)
}

// savePart keeps part n of a file of total parts; −1 = the client does not know how
// many yet.
func (w *world) savePart(k uploadKey, n, total int, b []byte) (bin.Encoder, error) {
	switch {
	case n < 0 || n >= maxParts:
		return nil, refuse(400, "FILE_PART_INVALID")
	case len(b) == 0:
		return nil, refuse(400, "FILE_PART_EMPTY")
	case len(b) > maxPart:
		return nil, refuse(400, "FILE_PART_TOO_BIG")
	}
	b = bytes.Clone(b) // the buffer is the connection's
	w.mu.Lock()
	defer w.mu.Unlock()
	waiting := 0
	for k2, u := range w.uploads {
		if w.now().Sub(u.last) > uploadLife {
			delete(w.uploads, k2)
		} else if k2.account == k.account {
			waiting += u.size
		}
	}
	u := w.uploads[k]
	if u == nil {
		u = &upload{parts: map[int][]byte{}, total: -1}
	}
	if total > 0 && u.total > 0 && total != u.total {
		return nil, refuse(400, "FILE_PARTS_INVALID")
	}
	more := len(b) - len(u.parts[n])
	if waiting+more > maxWaiting {
		// As much as the largest file: who uploads more at once must wait.
		return nil, refuse(420, "FLOOD_WAIT_60")
	}
	w.uploads[k] = u
	u.parts[n], u.size, u.total, u.last = b, u.size+more, max(u.total, total), w.now()
	return &tg.BoolTrue{}, nil
}

// parcel is an uploaded file that a message is to be made of.
type parcel struct {
	key       uploadKey
	parts     [][]byte
	name, sum string
}

// parcel finds a file's parts at the call's DC: equal ones, but for the last, of
// which 512 KiB is a multiple.
func (w *world) parcel(c *call, in tg.InputFileClass) (parcel, error) {
	p := parcel{key: uploadKey{dc: c.dc, account: c.account}}
	var count int
	switch f := in.(type) {
	case *tg.InputFile:
		p.key.file, count, p.name, p.sum = f.ID, f.Parts, f.Name, f.MD5Checksum
	case *tg.InputFileBig:
		p.key.file, p.key.big, count, p.name = f.ID, true, f.Parts, f.Name
	default:
		return p, errNotBuilt
	}
	if count < 1 || count > maxParts {
		return p, refuse(400, "FILE_PARTS_INVALID")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var parts map[int][]byte
	if u := w.uploads[p.key]; u != nil {
		parts = u.parts
	}
	size := 0
	for n := range count {
		b := parts[n]
		switch {
		case b == nil:
			return p, refuse(400, fmt.Sprintf("FILE_PART_%d_MISSING", n))
		case n < count-1 && (len(b)%1024 != 0 || maxPart%len(b) != 0):
			return p, refuse(400, "FILE_PART_SIZE_INVALID")
		case n > 0 && n < count-1 && len(b) != len(parts[0]), n > 0 && len(b) > len(parts[0]):
			return p, refuse(400, "FILE_PART_SIZE_CHANGED")
		}
		p.parts, size = append(p.parts, b), size+len(b)
	}
	if !p.key.big && size > maxSmall {
		return p, refuse(400, "FILE_PARTS_INVALID")
	}
	return p, nil
}

// assemble makes a blob of a parcel. It takes as long as the file is large, so the
// lock must not be held.
func (w *world) assemble(p parcel) (blob, error) {
	var readers []io.Reader
	for _, b := range p.parts {
		readers = append(readers, bytes.NewReader(b))
	}
	hash := md5.New()
	k, err := w.blobs.take(io.TeeReader(io.MultiReader(readers...), hash))
	if err == nil && p.sum != "" && p.sum != hex.EncodeToString(hash.Sum(nil)) {
		err = refuse(400, "MD5_CHECKSUM_INVALID")
	}
	return k, err
}

// enclosure is the file of a message to come: one that is there, or one without
// an id that is filed together with the message and uses up its parts.
type enclosure struct {
	document document
	spent    []uploadKey
}

// uploaded makes a file of what a bot has uploaded to the call's DC. Attributes
// and MIME type are given back as they came. The lock must not be held.
func (w *world) uploaded(c *call, m tg.InputMediaClass) (enclosure, error) {
	d := document{DC: c.dc, Date: w.now().Unix()}
	var file, cover tg.InputFileClass
	switch m := m.(type) {
	case *tg.InputMediaUploadedPhoto:
		if err := honour(m.Flags); err != nil {
			return enclosure{}, err
		}
		d.Kind, d.MIME, file = "photo", kinds["photo"], m.File
	case *tg.InputMediaUploadedDocument:
		if err := honour(m.Flags, uploadedHonours...); err != nil {
			return enclosure{}, err
		}
		if m.MimeType == "" {
			return enclosure{}, refuse(400, "MEDIA_INVALID")
		}
		d.MIME, file, cover = m.MimeType, m.File, m.Thumb
		if err := d.describe(m.Attributes, m.ForceFile); err != nil {
			return enclosure{}, err
		}
	default:
		return enclosure{}, errNotBuilt
	}
	p, err := w.parcel(c, file)
	if err != nil {
		return enclosure{}, err
	}
	if d.Blob, err = w.assemble(p); err != nil {
		return enclosure{}, err
	}
	d.Size, d.Source = d.Blob.Size, source{Blob: p.name}
	spent := []uploadKey{p.key}
	var img image.Image
	if cover != nil {
		p, err := w.parcel(c, cover)
		if err != nil {
			return enclosure{}, err
		}
		k, err := w.assemble(p)
		if err != nil {
			return enclosure{}, err
		}
		if img, _, err = w.readPicture(document{Blob: k}); err != nil {
			return enclosure{}, err
		}
		spent = append(spent, p.key)
	}
	err = w.takePictures(&d, img)
	return enclosure{d, spent}, err
}

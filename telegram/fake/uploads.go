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

// Limits of core.telegram.org/api/files#uploading-files.
const (
	maxPart    = 512 << 10 // bytes of a part
	maxParts   = 8000      // of a file of 4 GB
	uploadLife = time.Hour // how long parts wait for the message that uses them
)

// uploadKey names a file that an account is uploading.
type uploadKey struct {
	account, file int64
}

// upload is the parts of a file that have come so far. They are lost with the
// process, as the message that will use them has not been accepted yet.
type upload struct {
	parts map[int][]byte
	last  time.Time
}

func (w *world) saveFilePart(c *call, r *tg.UploadSaveFilePartRequest) (bin.Encoder, error) {
	return w.savePart(c.account, r.FileID, r.FilePart, r.Bytes)
}

func (w *world) saveBigFilePart(c *call, r *tg.UploadSaveBigFilePartRequest) (bin.Encoder, error) {
	if r.FileTotalParts < -1 || r.FileTotalParts == 0 || r.FileTotalParts > maxParts || (r.FileTotalParts > 0 && r.FilePart >= r.FileTotalParts) {
		return nil, refuse(400, "FILE_PARTS_INVALID")
	}
	return w.savePart(c.account, r.FileID, r.FilePart, r.Bytes)
}

func (w *world) savePart(account, file int64, n int, b []byte) (bin.Encoder, error) {
	switch {
	case n < 0 || n >= maxParts:
		return nil, refuse(400, "FILE_PART_INVALID")
	case len(b) == 0:
		return nil, refuse(400, "FILE_PART_EMPTY")
	case len(b) > maxPart:
		return nil, refuse(400, "FILE_PART_TOO_BIG")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for k, u := range w.uploads {
		if w.now().Sub(u.last) > uploadLife {
			delete(w.uploads, k)
		}
	}
	k := uploadKey{account, file}
	if w.uploads[k] == nil {
		w.uploads[k] = &upload{parts: map[int][]byte{}}
	}
	w.uploads[k].parts[n], w.uploads[k].last = bytes.Clone(b), w.now()
	return &tg.BoolTrue{}, nil
}

// assemble makes a blob of a file's parts: equal ones, but for the last, of which
// 512 KiB is a multiple.
func (w *world) assemble(account int64, in tg.InputFileClass) (blob, string, error) {
	var file int64
	var count int
	var name, sum string
	switch f := in.(type) {
	case *tg.InputFile:
		file, count, name, sum = f.ID, f.Parts, f.Name, f.MD5Checksum
	case *tg.InputFileBig:
		file, count, name = f.ID, f.Parts, f.Name
	default:
		return blob{}, "", refuse(400, "NOT_IMPLEMENTED")
	}
	if count < 1 || count > maxParts {
		return blob{}, "", refuse(400, "FILE_PARTS_INVALID")
	}
	var parts map[int][]byte
	if u := w.uploads[uploadKey{account, file}]; u != nil {
		parts = u.parts
	}
	var readers []io.Reader
	for n := range count {
		b := parts[n]
		switch {
		case b == nil:
			return blob{}, "", refuse(400, fmt.Sprintf("FILE_PART_%d_MISSING", n))
		case n < count-1 && (len(b)%1024 != 0 || maxPart%len(b) != 0):
			return blob{}, "", refuse(400, "FILE_PART_SIZE_INVALID")
		case n > 0 && n < count-1 && len(b) != len(parts[0]), n > 0 && len(b) > len(parts[0]):
			return blob{}, "", refuse(400, "FILE_PART_SIZE_CHANGED")
		}
		readers = append(readers, bytes.NewReader(b))
	}
	hash := md5.New()
	k, own, err := w.receive(io.TeeReader(io.MultiReader(readers...), hash))
	if err != nil {
		return k, "", err
	}
	if sum != "" && sum != hex.EncodeToString(hash.Sum(nil)) {
		return k, "", refuse(400, "MD5_CHECKSUM_INVALID")
	}
	if own != nil {
		w.blobs[k.SHA256] = own
	}
	return k, name, nil
}

// uploaded makes a file of what a bot has uploaded to the call's DC. Attributes
// and MIME type are given back as they came.
func (w *world) uploaded(c *call, m tg.InputMediaClass) (int64, error) {
	d := document{DC: c.dc, Date: w.now().Unix()}
	var file, cover tg.InputFileClass
	switch m := m.(type) {
	case *tg.InputMediaUploadedPhoto:
		d.Kind, d.MIME, file = "photo", kinds["photo"], m.File
	case *tg.InputMediaUploadedDocument:
		d.MIME, file, cover = m.MimeType, m.File, m.Thumb
		if err := d.describe(m.Attributes, m.ForceFile); err != nil {
			return 0, err
		}
	default:
		return 0, refuse(400, "NOT_IMPLEMENTED")
	}
	var name string
	var err error
	if d.Blob, name, err = w.assemble(c.account, file); err != nil {
		return 0, err
	}
	d.Size, d.Source = d.Blob.Size, source{Blob: name}
	var img image.Image
	if cover != nil {
		k, _, err := w.assemble(c.account, cover)
		if err != nil {
			return 0, err
		}
		if img, _, err = w.readPicture(document{Blob: k}); err != nil {
			return 0, err
		}
	}
	if err := w.takePictures(&d, img); err != nil {
		return 0, err
	}
	w.file(&d)
	return d.ID, nil
}

// describe reads what the control API shows from the attributes, and keeps them.
func (d *document) describe(list []tg.DocumentAttributeClass, plain bool) error {
	d.Kind = "document"
	var b bin.Buffer
	for _, a := range list {
		if err := a.Encode(&b); err != nil {
			return err
		}
		kind := d.Kind
		switch a := a.(type) {
		case *tg.DocumentAttributeVideo:
			if kind = "video"; a.RoundMessage {
				kind = "video_note"
			}
			d.Duration, d.Width, d.Height = a.Duration, a.W, a.H
		case *tg.DocumentAttributeAudio:
			if kind = "audio"; a.Voice {
				kind = "voice"
			}
			d.Duration, d.Title, d.Performer = float64(a.Duration), a.Title, a.Performer
		case *tg.DocumentAttributeAnimated:
			kind = "animation"
		case *tg.DocumentAttributeImageSize:
			d.Width, d.Height = a.W, a.H
		case *tg.DocumentAttributeFilename:
			d.FileName = a.FileName
		}
		if !plain && d.Kind != "animation" {
			d.Kind = kind
		}
	}
	d.Attributes = b.Buf
	return nil
}

// decodeAttributes is the inverse of what describe keeps.
func decodeAttributes(kept []byte) []tg.DocumentAttributeClass {
	var list []tg.DocumentAttributeClass
	for b := (bin.Buffer{Buf: kept}); b.Len() > 0; {
		a, err := tg.DecodeDocumentAttribute(&b)
		if err != nil {
			return list // cannot be: it was encoded by us
		}
		list = append(list, a)
	}
	return list
}

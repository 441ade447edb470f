package telegram

import (
	"bytes"
	"errors"
	"sync/atomic"
	"time"

	"github.com/gotd/td/telegram/thumbnail"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// document is where a storage message's bytes lie, as one bot may ask for them.
type document struct {
	id     int64
	dc     int
	size   int64
	at     tg.InputFileLocationClass
	thumb  *thumb       // nil = none fit to show
	serial int          // how often it was fetched for this bot
	good   *atomic.Bool // bytes came by it

	fetched time.Time     // when it was
	again   *atomic.Int64 // ns: not fetched anew ahead of need before
}

// thumb is a JPEG of at most 640 px and 64 KiB.
type thumb struct {
	at     tg.InputFileLocationClass // nil = bytes are here
	length int
	bytes  []byte
}

const (
	thumbSide = 640      // px
	thumbMost = 64 << 10 // bytes
)

// errMissing is a messageEmpty, or a message without a file.
var errMissing = errors.New("the storage message has no file")

// documentOf finds the file in a message; errMissing if there is none.
func documentOf(m tg.MessageClass) (*document, error) {
	msg, ok := m.(*tg.Message)
	if !ok {
		return nil, errMissing
	}
	switch media := msg.Media.(type) {
	case *tg.MessageMediaDocument:
		d, ok := media.Document.(*tg.Document)
		if !ok {
			return nil, errMissing
		}
		at := func(size string) tg.InputFileLocationClass {
			return &tg.InputDocumentFileLocation{ID: d.ID, AccessHash: d.AccessHash, FileReference: d.FileReference, ThumbSize: size}
		}
		return &document{id: d.ID, dc: d.DCID, size: d.Size, at: at(""), thumb: bestThumb(d.Thumbs, at)}, nil
	case *tg.MessageMediaPhoto:
		p, ok := media.Photo.(*tg.Photo)
		if !ok {
			return nil, errMissing
		}
		at := func(size string) tg.InputFileLocationClass {
			return &tg.InputPhotoFileLocation{ID: p.ID, AccessHash: p.AccessHash, FileReference: p.FileReference, ThumbSize: size}
		}
		best, ok := largest(p.Sizes)
		if !ok {
			return nil, errMissing
		}
		return &document{id: p.ID, dc: p.DCID, size: int64(best.size), at: at(best.kind), thumb: bestThumb(p.Sizes, at)}, nil
	}
	return nil, errMissing
}

// picture is one size of a photo or thumbnail that is fetched by getFile.
type picture struct {
	kind       string
	w, h, size int
	bytes      []byte // photoCachedSize
}

func pictureOf(s tg.PhotoSizeClass) (picture, bool) {
	switch s := s.(type) {
	case *tg.PhotoSize:
		return picture{s.Type, s.W, s.H, s.Size, nil}, true
	case *tg.PhotoSizeProgressive:
		if n := len(s.Sizes); n > 0 {
			return picture{s.Type, s.W, s.H, s.Sizes[n-1], nil}, true
		}
	case *tg.PhotoCachedSize:
		return picture{s.Type, s.W, s.H, len(s.Bytes), s.Bytes}, true
	}
	return picture{}, false
}

// largest is the photo itself: its largest size.
func largest(sizes []tg.PhotoSizeClass) (best picture, ok bool) {
	for _, s := range sizes {
		if p, is := pictureOf(s); is && p.bytes == nil && (!ok || p.w*p.h > best.w*best.h) {
			best, ok = p, true
		}
	}
	return best, ok
}

func bestThumb(sizes []tg.PhotoSizeClass, at func(string) tg.InputFileLocationClass) *thumb {
	var best picture
	for _, s := range sizes {
		p, ok := pictureOf(s)
		if ok && p.w <= thumbSide && p.h <= thumbSide && p.size > 0 && p.size <= thumbMost && p.w*p.h > best.w*best.h {
			best = p
		}
	}
	switch {
	case best.size == 0:
		return nil
	case best.bytes != nil:
		return &thumb{bytes: best.bytes, length: best.size}
	}
	return &thumb{at: at(best.kind), length: best.size}
}

// placeholder is the tiny JPEG that Telegram sends along; nil = none.
func placeholder(sizes []tg.PhotoSizeClass) []byte {
	for _, s := range sizes {
		if s, ok := s.(*tg.PhotoStrippedSize); ok {
			if b, err := thumbnail.Expand(s.Bytes); err == nil && isJPEG(b) {
				return b
			}
		}
	}
	return nil
}

func isJPEG(b []byte) bool { return bytes.HasPrefix(b, []byte{0xFF, 0xD8, 0xFF}) }

// mediaOf is what a message carries, in the house's words; nil = no file.
func mediaOf(m *tg.Message) *teleplay.Media {
	switch media := m.Media.(type) {
	case *tg.MessageMediaDocument:
		d, ok := media.Document.(*tg.Document)
		if !ok {
			return nil
		}
		out := &teleplay.Media{
			Kind: teleplay.MediaDocument, Document: d.ID, DC: d.DCID, Size: d.Size, MIME: d.MimeType,
			Placeholder: placeholder(d.Thumbs), Thumb: bestThumb(d.Thumbs, noLocation) != nil,
		}
		animated := false
		for _, a := range d.Attributes {
			switch a := a.(type) {
			case *tg.DocumentAttributeFilename:
				out.FileName = a.FileName
			case *tg.DocumentAttributeVideo:
				out.Kind, out.Duration, out.Width, out.Height = teleplay.MediaVideo, a.Duration, a.W, a.H
				if a.RoundMessage {
					out.Kind = teleplay.MediaVideoNote
				}
			case *tg.DocumentAttributeAudio:
				out.Kind, out.Duration = teleplay.MediaAudio, float64(a.Duration)
				out.Title, out.Performer = a.Title, a.Performer
				if a.Voice {
					out.Kind = teleplay.MediaVoice
				}
			case *tg.DocumentAttributeImageSize:
				out.Width, out.Height = a.W, a.H
			case *tg.DocumentAttributeAnimated:
				animated = true
			}
		}
		if animated {
			out.Kind = teleplay.MediaAnimation
		}
		return out
	case *tg.MessageMediaPhoto:
		p, ok := media.Photo.(*tg.Photo)
		if !ok {
			return nil
		}
		best, ok := largest(p.Sizes)
		if !ok {
			return nil
		}
		return &teleplay.Media{
			Kind: teleplay.MediaPhoto, Document: p.ID, DC: p.DCID, Size: int64(best.size), MIME: "image/jpeg",
			Width: best.w, Height: best.h, Placeholder: placeholder(p.Sizes), Thumb: bestThumb(p.Sizes, noLocation) != nil,
		}
	}
	return nil
}

// noLocation serves where only the existence of a thumbnail matters.
func noLocation(string) tg.InputFileLocationClass { return nil }

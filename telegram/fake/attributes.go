package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

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

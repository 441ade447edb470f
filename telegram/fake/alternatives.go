package fake

import "github.com/gotd/td/tg"

// alternatives makes the lower qualities of a video, which Telegram makes of its
// own accord and sends as further documents of the same message. Each is half as
// wide and as high as the one before; a source that names a document keeps what
// that one has. The lock must not be held.
func (w *world) alternatives(of document, list []source) ([]document, error) {
	if len(list) > 0 && of.Kind != "video" {
		return nil, invalid("a file of kind %s has no alt: Telegram makes lower qualities of videos alone", of.Kind)
	}
	var made []document
	width, height := of.Width, of.Height
	for _, s := range list {
		width, height = width/2&^1, height/2&^1
		d, err := w.prepare(media{Kind: of.Kind, Source: s, Duration: of.Duration, Width: width, Height: height})
		if err != nil {
			return nil, err
		}
		made = append(made, d)
	}
	return made, nil
}

// fileAlternatives keeps what was prepared for a new document and gives their ids.
// They follow from the video's and take no turn among the DCs: they lie in its own.
func (w *world) fileAlternatives(of document) []int64 {
	var ids []int64
	for i, d := range of.prepared {
		if d.ID == 0 {
			d.ID, d.DC = fileID(w.secret("alternative", of.ID, i)), of.DC
			w.db.documents.put(d.ID, d)
		}
		ids = append(ids, d.ID)
	}
	return ids
}

// tlAlternatives are the further documents of a message, as its viewer sees them.
func (w *world) tlAlternatives(viewer, boxID int64, d document) []tg.DocumentClass {
	var list []tg.DocumentClass
	for _, id := range d.Alternatives {
		list = append(list, w.tlDocument(viewer, boxID, w.db.documents.rows[id]))
	}
	return list
}

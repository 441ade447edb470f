package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// maxAlbum is how many files one album holds.
const maxAlbum = 10

// uploadMedia files what was uploaded without a message, for sendMultiMedia.
func (w *world) uploadMedia(c *call, r *tg.MessagesUploadMediaRequest) (bin.Encoder, error) {
	if err := honour(r.Flags); err != nil {
		return nil, err
	}
	allowed := func() (target, error) {
		if _, ok := r.Peer.(*tg.InputPeerSelf); ok { // for nobody yet, as Kurigram says
			return target{box: c.account}, nil
		}
		to, err := w.target(c.account, r.Peer)
		if err == nil {
			err = w.mayWrite(c.account, to)
		}
		return to, err
	}
	w.mu.Lock()
	_, err := allowed()
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	file, err := w.enclose(c, r.Media)
	if err != nil {
		return nil, err
	}
	var t tg.MessageMediaClass
	err = w.change(func() error {
		to, err := allowed()
		if err != nil {
			return err
		}
		t = w.tlMedia(c.account, to.box, w.db.documents.rows[w.filed(file)])
		return nil
	})
	return t, err
}

// filed is the document of an enclosure, whose parts are used up by now.
func (w *world) filed(e enclosure) int64 {
	for _, k := range e.spent {
		delete(w.uploads, k)
	}
	return w.file(e.document)
}

// sendMultiMedia sends an album of files that are there already, all of them or
// none.
func (w *world) sendMultiMedia(c *call, r *tg.MessagesSendMultiMediaRequest) (bin.Encoder, error) {
	if err := honour(r.Flags, albumHonours...); err != nil {
		return nil, err
	}
	switch n := len(r.MultiMedia); {
	case n == 0:
		return nil, refuse(400, "MEDIA_EMPTY")
	case n > maxAlbum:
		return nil, refuse(400, "MULTI_MEDIA_TOO_LONG")
	}
	list := make([]letterOut, len(r.MultiMedia))
	randoms := make([]int64, len(list))
	var kinds []string
	for i, in := range r.MultiMedia {
		text, entities, err := fromText(in.Message, in.Entities, maxCaption, "MEDIA_CAPTION_TOO_LONG")
		if err != nil {
			return nil, err
		}
		switch in.Media.(type) {
		case *tg.InputMediaDocument, *tg.InputMediaPhoto:
		default:
			return nil, refuse(400, "MEDIA_INVALID")
		}
		file, err := w.enclose(c, in.Media)
		if err != nil {
			return nil, err
		}
		kinds, randoms[i] = append(kinds, file.document.Kind), in.RandomID
		list[i] = letterOut{peer: r.Peer, reply: r.ReplyTo, random: in.RandomID, message: chatMessage{
			Text: text, Entities: entities, Document: file.document.ID, Silent: r.Silent, Protected: r.Noforwards,
		}}
	}
	if !together(kinds) {
		return nil, refuse(400, "MEDIA_GROUPED_INVALID")
	}
	if err := distinct(randoms); err != nil {
		return nil, err
	}
	var t *tg.Updates
	err := w.change(func() error {
		var to target
		sent := make([]sentAs, len(list))
		for i := range list { // before anything is written
			var err error
			if to, list[i].message, sent[i], _, err = w.address(c.account, list[i]); err != nil {
				return err
			}
		}
		group := int64(0)
		if len(list) > 1 {
			group = w.album()
		}
		for i, l := range list {
			if sent[i].ID == 0 {
				l.message.Grouped = group
				sent[i] = w.write(c, to, l.message, l.random)
			}
		}
		t = w.sentUpdates(c.account, randoms, sent)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// together says whether files of these kinds may make an album: photos and
// videos, or audio alone, or documents alone.
func together(kinds []string) bool {
	class := map[string]int{"photo": 1, "video": 1, "audio": 2, "document": 3}
	for _, k := range kinds {
		if class[k] == 0 || class[k] != class[kinds[0]] {
			return len(kinds) == 1
		}
	}
	return true
}

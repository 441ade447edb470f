package fake

import "github.com/gotd/td/tg"

// tlMessage is a message as viewer sees it. Outgoing private ones carry out and
// from_id, incoming ones no from_id; a bot's own posts carry out for that bot.
func (w *world) tlMessage(viewer, boxID int64, m chatMessage) *tg.Message {
	t := &tg.Message{ID: int(m.ID), Date: int(m.Date), Message: m.Text, Out: m.From == viewer, Silent: m.Silent}
	if w.isChannel(boxID) {
		t.Post, t.PeerID = true, &tg.PeerChannel{ChannelID: boxID}
		t.Noforwards = w.db.channels.rows[boxID].Protected || m.Protected
		t.SetViews(1)
	} else {
		t.PeerID, t.Noforwards = &tg.PeerUser{UserID: m.Chat}, m.Protected
		if t.Out {
			t.SetFromID(&tg.PeerUser{UserID: viewer})
		}
	}
	if m.Origin != nil {
		h := tg.MessageFwdHeader{Date: int(m.OriginAt)}
		switch {
		case m.Origin.Peer == 0:
			h.SetFromName(m.Origin.Name)
		case w.isChannel(m.Origin.Peer):
			h.SetFromID(&tg.PeerChannel{ChannelID: m.Origin.Peer})
		default:
			h.SetFromID(&tg.PeerUser{UserID: m.Origin.Peer})
		}
		t.SetFwdFrom(h)
	}
	if m.ReplyTo != 0 {
		h := &tg.MessageReplyHeader{}
		h.SetReplyToMsgID(int(m.ReplyTo))
		t.SetReplyTo(h)
	}
	if m.Document != 0 {
		t.SetMedia(w.tlMedia(viewer, boxID, w.db.documents.rows[m.Document]))
	}
	if len(m.Buttons) > 0 {
		t.SetReplyMarkup(tlButtons(m.Buttons))
	}
	if e := tlEntities(m.Entities); len(e) > 0 {
		t.SetEntities(e)
	}
	if m.Edited != 0 {
		t.SetEditDate(int(m.Edited))
	}
	if m.Grouped != 0 {
		t.SetGroupedID(m.Grouped)
	}
	return t
}

// tlFound is the message with that id, or messageEmpty.
func (w *world) tlFound(viewer, boxID int64, id int32, n *named) tg.MessageClass {
	m, ok := w.find(boxID, id)
	if !ok {
		return &tg.MessageEmpty{ID: int(id)}
	}
	n.message(w, boxID, m)
	return w.tlMessage(viewer, boxID, m)
}

// tlMedia is a file in a message of a box, with viewer's own access hash and a
// reference issued now.
func (w *world) tlMedia(viewer, boxID int64, d document) tg.MessageMediaClass {
	if d.Kind == "photo" {
		hash, ref := w.accessHash(viewer, "file", d.ID), w.reference(viewer, d.ID, boxID)
		t := &tg.MessageMediaPhoto{}
		t.SetPhoto(&tg.Photo{ID: d.ID, AccessHash: hash, FileReference: ref, Date: int(d.Date), Sizes: d.tlSizes(), DCID: d.DC})
		return t
	}
	t := &tg.MessageMediaDocument{Video: d.Kind == "video" || d.Kind == "video_note", Round: d.Kind == "video_note", Voice: d.Kind == "voice"}
	t.SetDocument(w.tlDocument(viewer, boxID, d))
	if alt := w.tlAlternatives(viewer, boxID, d); len(alt) > 0 {
		t.SetAltDocuments(alt)
	}
	return t
}

func (w *world) tlDocument(viewer, boxID int64, d document) *tg.Document {
	t := &tg.Document{
		ID: d.ID, AccessHash: w.accessHash(viewer, "file", d.ID), FileReference: w.reference(viewer, d.ID, boxID),
		Date: int(d.Date), MimeType: d.MIME, Size: d.Size, DCID: d.DC, Attributes: d.tlAttributes(),
	}
	if sizes := d.tlSizes(); len(sizes) > 0 {
		t.SetThumbs(sizes)
	}
	return t
}

func (d document) tlSizes() []tg.PhotoSizeClass {
	var list []tg.PhotoSizeClass
	if len(d.Stripped) > 0 {
		list = append(list, &tg.PhotoStrippedSize{Type: "i", Bytes: d.Stripped})
	}
	for _, t := range d.Thumbs {
		size := t.Blob.Size
		if t.Blob.SHA256 == "" { // the photo itself
			size = d.Size
		}
		list = append(list, &tg.PhotoSize{Type: t.Type, W: t.W, H: t.H, Size: int(size)})
	}
	return list
}

func (d document) tlAttributes() []tg.DocumentAttributeClass {
	if d.Attributes != nil {
		return decodeAttributes(d.Attributes)
	}
	var list []tg.DocumentAttributeClass
	switch d.Kind {
	case "video", "video_note", "animation":
		list = append(list, &tg.DocumentAttributeVideo{
			RoundMessage: d.Kind == "video_note", SupportsStreaming: d.Kind == "video", Duration: d.Duration, W: d.Width, H: d.Height,
		})
		if d.Kind == "animation" {
			list = append(list, &tg.DocumentAttributeAnimated{})
		}
	case "audio", "voice":
		a := &tg.DocumentAttributeAudio{Voice: d.Kind == "voice", Duration: int(d.Duration)}
		if d.Title != "" {
			a.SetTitle(d.Title)
		}
		if d.Performer != "" {
			a.SetPerformer(d.Performer)
		}
		list = append(list, a)
	}
	if d.FileName != "" {
		list = append(list, &tg.DocumentAttributeFilename{FileName: d.FileName})
	}
	if d.Kind == "document" && d.Width > 0 && d.Height > 0 {
		list = append(list, &tg.DocumentAttributeImageSize{W: d.Width, H: d.Height})
	}
	return list
}

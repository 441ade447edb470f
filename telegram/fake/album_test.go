package fake

import (
	"slices"
	"strings"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// uploadedAs is the media of a file that a bot has uploaded without a message.
func uploadedAs(b *bench, file int64, name string) *tg.Document {
	b.t.Helper()
	must(do[*tg.BoolTrue](b, mainBot, 2, &tg.UploadSaveFilePartRequest{FileID: file, Bytes: []byte(name)}))(b.t)
	m := must(do[tg.MessageMediaClass](b, mainBot, 2, &tg.MessagesUploadMediaRequest{Peer: &tg.InputPeerSelf{}, Media: parcelOf(file, name)}))(b.t)
	return m.(*tg.MessageMediaDocument).Document.(*tg.Document)
}

func parcelOf(file int64, name string) *tg.InputMediaUploadedDocument {
	return &tg.InputMediaUploadedDocument{File: &tg.InputFile{ID: file, Parts: 1, Name: name}, MimeType: "text/plain",
		Attributes: []tg.DocumentAttributeClass{&tg.DocumentAttributeFilename{FileName: name}}}
}

func single(d *tg.Document, random int64, text string) tg.InputSingleMedia {
	return tg.InputSingleMedia{Media: &tg.InputMediaDocument{ID: d.AsInput()}, RandomID: random, Message: text}
}

// TestAlbumComesAndGoes: what a person sends as an album comes message by message
// under one grouped_id, and its copies are an album of their own.
func TestAlbumComesAndGoes(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Album: []item{{Media: film(1, 10), Text: "one"}, {Media: film(2, 20)}, {Media: film(3, 30)}}}))(t)
	var group int64
	for i, p := range b.pushed {
		u := p.u.Updates[0].(*tg.UpdateNewMessage)
		m := u.Message.(*tg.Message)
		if group == 0 {
			group = m.GroupedID
		}
		if m.ID != i+1 || u.Pts != i+2 || u.PtsCount != 1 || m.GroupedID != group || group == 0 || (m.Message == "one") != (i == 0) {
			t.Errorf("update %d is message %d of album %d, pts %d", i, m.ID, m.GroupedID, u.Pts)
		}
	}
	if len(b.pushed) != 3 {
		t.Fatalf("%d updates", len(b.pushed))
	}
	r := forward(b, 1, 5)
	r.ID, r.RandomID = []int{1, 2, 3}, []int64{5, 6, 7}
	var copies []int64
	for _, u := range must(do[*tg.Updates](b, mainBot, 2, r))(t).Updates {
		if u, ok := u.(*tg.UpdateNewChannelMessage); ok {
			copies = append(copies, u.Message.(*tg.Message).GroupedID)
		}
	}
	if len(copies) != 3 || copies[0] == 0 || copies[0] == group || copies[1] != copies[0] || copies[2] != copies[0] {
		t.Errorf("the copies are of albums %d, the letter of %d", copies, group)
	}
}

// TestSendAlbum: files are uploaded one by one and sent as one album, each with
// its caption and random_id; what was sent is not sent twice.
func TestSendAlbum(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	x, y := uploadedAs(b, 1, "x.txt"), uploadedAs(b, 2, "y.txt")
	r := &tg.MessagesSendMultiMediaRequest{Peer: toPerson(), MultiMedia: []tg.InputSingleMedia{single(x, 11, "one"), single(y, 12, "")}}
	u := must(do[*tg.Updates](b, mainBot, 2, r))(t)
	var list []*tg.Message
	for i, up := range u.Updates {
		if id, ok := up.(*tg.UpdateMessageID); ok {
			if id.RandomID != int64(11+i) || id.ID != i+2 {
				t.Errorf("random_id %d is message %d", id.RandomID, id.ID)
			}
			continue
		}
		list = append(list, up.(*tg.UpdateNewMessage).Message.(*tg.Message))
	}
	if len(list) != 2 || list[0].GroupedID == 0 || list[0].GroupedID != list[1].GroupedID || list[0].Message != "one" || list[1].Message != "" {
		t.Fatalf("sent %v", list)
	}
	for i, d := range []*tg.Document{x, y} {
		if got := list[i].Media.(*tg.MessageMediaDocument).Document.GetID(); got != d.ID {
			t.Errorf("message %d has document %d, want %d", list[i].ID, got, d.ID)
		}
	}
	_, err := do[bin.Encoder](b, mainBot, 2, r)
	refused(t, err, 500, "RANDOM_ID_DUPLICATE")
	alone := &tg.MessagesSendMultiMediaRequest{Peer: toPerson(), MultiMedia: []tg.InputSingleMedia{single(x, 13, "")}}
	m := must(do[*tg.Updates](b, mainBot, 2, alone))(t).Updates[1].(*tg.UpdateNewMessage).Message.(*tg.Message)
	if m.ID != 4 || m.GroupedID != 0 {
		t.Errorf("one file alone is message %d of album %d", m.ID, m.GroupedID)
	}
}

// TestSendAlbumRefused: all of an album is sent or nothing of it.
func TestSendAlbumRefused(t *testing.T) {
	b := newBench(t, Options{})
	sent := must(b.send(person, mainBot, letter{Media: film(7, 5000)}))(t)
	x := uploadedAs(b, 1, "x.txt")
	v := must(do[*tg.MessagesMessages](b, mainBot, 2, &tg.MessagesGetMessagesRequest{ID: []tg.InputMessageClass{&tg.InputMessageID{ID: int(sent.Messages[0].ID)}}}))(t).
		Messages[0].(*tg.Message).Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
	raw := single(x, 5, "")
	raw.Media = parcelOf(1, "x.txt")
	stale := single(x, 6, "")
	stale.Media.(*tg.InputMediaDocument).ID.(*tg.InputDocument).FileReference = []byte{1}
	for want, list := range map[string][]tg.InputSingleMedia{
		"MEDIA_EMPTY":            {},
		"MULTI_MEDIA_TOO_LONG":   slices.Repeat([]tg.InputSingleMedia{single(x, 1, "")}, 11),
		"MEDIA_INVALID":          {single(x, 1, ""), raw},
		"MEDIA_GROUPED_INVALID":  {single(x, 1, ""), single(v, 2, "")},
		"FILE_REFERENCE_INVALID": {single(x, 1, ""), stale},
		"MEDIA_CAPTION_TOO_LONG": {single(x, 1, ""), single(x, 2, strings.Repeat("a", maxCaption+1))},
		"RANDOM_ID_EMPTY":        {single(x, 1, ""), single(x, 0, "")},
	} {
		_, err := do[bin.Encoder](b, mainBot, 2, &tg.MessagesSendMultiMediaRequest{Peer: toPerson(), MultiMedia: list})
		refused(t, err, 400, want)
	}
	_, err := do[bin.Encoder](b, mainBot, 2, &tg.MessagesSendMultiMediaRequest{Peer: toPerson(), MultiMedia: []tg.InputSingleMedia{single(x, 1, ""), single(x, 1, "")}})
	refused(t, err, 500, "RANDOM_ID_DUPLICATE")
	if last := b.db.boxes.rows[mainBot].Last; last != 1 {
		t.Errorf("the box has %d messages", last)
	}
	if !together([]string{"photo", "video"}) || together([]string{"audio", "document"}) || together([]string{"voice", "voice"}) || !together([]string{"voice"}) {
		t.Error("other kinds go together than on the real server")
	}
}

// TestEditMedia: a message gets another file and keeps its id; the parts are used
// up, and a refused edit uses up nothing.
func TestEditMedia(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Media: film(7, 5000)}))(t)
	x := uploadedAs(b, 1, "x.txt")
	must(do[*tg.Updates](b, mainBot, 2, &tg.MessagesSendMediaRequest{Peer: toPerson(), RandomID: 1, Message: "old", Media: &tg.InputMediaDocument{ID: x.AsInput()}}))(t)
	must(do[*tg.BoolTrue](b, mainBot, 2, &tg.UploadSaveFilePartRequest{FileID: 2, Bytes: []byte("new")}))(t)
	edit := func(id int) (*tg.Updates, error) {
		r := &tg.MessagesEditMessageRequest{Peer: toPerson(), ID: id}
		r.SetMessage("another")
		r.SetMedia(parcelOf(2, "new.txt"))
		return do[*tg.Updates](b, mainBot, 2, r)
	}
	_, err := edit(1) // the person's own
	refused(t, err, 403, "MESSAGE_AUTHOR_REQUIRED")
	m := must(edit(2))(t).Updates[0].(*tg.UpdateEditMessage).Message.(*tg.Message)
	d := m.Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
	if f := must(read(b, mainBot, 2, d.AsInputDocumentFileLocation(""), 0, 4096))(t); m.ID != 2 || m.Message != "another" || string(f.Bytes) != "new" {
		t.Errorf("message %d, %q, has %q", m.ID, m.Message, f.Bytes)
	}
	_, err = edit(2)
	refused(t, err, 400, "FILE_PART_0_MISSING")
}

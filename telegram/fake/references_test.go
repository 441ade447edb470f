package fake

import (
	"bytes"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

func TestReferencesAndHashes(t *testing.T) {
	b := newBench(t, Options{})
	must(b.post(channelID, []item{{Media: film(7, 5000)}}))(t)
	mine, other := theirs(b, mainBot, 1), theirs(b, otherBot, 1)
	if mine.ID != other.ID || mine.AccessHash == other.AccessHash || bytes.Equal(mine.FileReference, other.FileReference) {
		t.Fatal("the id is everybody's, hash and reference are not")
	}
	at := func(change func(*tg.InputDocumentFileLocation)) error {
		l := mine.AsInputDocumentFileLocation("")
		change(l)
		_, err := read(b, mainBot, mine.DCID, l, 0, 4096)
		return err
	}
	if err := at(func(*tg.InputDocumentFileLocation) {}); err != nil {
		t.Fatal(err)
	}
	refused(t, at(func(l *tg.InputDocumentFileLocation) { l.FileReference = other.FileReference }), 400, "FILE_REFERENCE_INVALID")
	refused(t, at(func(l *tg.InputDocumentFileLocation) { l.FileReference = make([]byte, 25) }), 400, "FILE_REFERENCE_INVALID")
	refused(t, at(func(l *tg.InputDocumentFileLocation) { l.FileReference = nil }), 400, "FILE_REFERENCE_EMPTY")
	refused(t, at(func(l *tg.InputDocumentFileLocation) { l.AccessHash = other.AccessHash }), 400, "FILE_ID_INVALID")
	refused(t, at(func(l *tg.InputDocumentFileLocation) { l.ID++ }), 400, "FILE_ID_INVALID")
	refused(t, at(func(l *tg.InputDocumentFileLocation) { l.ThumbSize = "m" }), 400, "LOCATION_INVALID")

	b.now = b.now.Add(time.Hour)
	refused(t, at(func(*tg.InputDocumentFileLocation) {}), 400, "FILE_REFERENCE_EXPIRED")
	mine = theirs(b, mainBot, 1)
	if n := must(b.expireReferences(0, 0))(t); n != 4 {
		t.Errorf("%d expired, want those of the four bots that saw the post", n)
	}
	refused(t, at(func(*tg.InputDocumentFileLocation) {}), 400, "FILE_REFERENCE_EXPIRED")
	mine = theirs(b, mainBot, 1) // within the same second
	if err := at(func(*tg.InputDocumentFileLocation) {}); err != nil {
		t.Fatal(err)
	}
	if n := must(b.expireReferences(otherBot, 0))(t); n != 0 {
		t.Errorf("%d of the other bot expired again", n)
	}
	if err := at(func(*tg.InputDocumentFileLocation) {}); err != nil {
		t.Error(err)
	}
}

// TestThrownOut: a bot that is put out of the channel is told, and reads nothing of
// it any more, by old references neither.
func TestThrownOut(t *testing.T) {
	b := newBench(t, Options{})
	must(b.post(channelID, []item{{Media: film(7, 5000), Text: "a"}}))(t)
	in := theirs(b, otherBot, 1).AsInputDocumentFileLocation("")
	must(read(b, otherBot, 2, in, 0, 4096))(t)
	b.pushed = nil
	must(b.changeBot(otherBot, []byte(`{"channel_role":"none"}`)))(t)
	if len(b.pushed) != 1 || b.pushed[0].account != otherBot {
		t.Fatalf("told: %+v", b.pushed)
	}
	if _, ok := b.pushed[0].u.Updates[0].(*tg.UpdateChannel); !ok {
		t.Errorf("told %v", b.pushed[0].u)
	}
	if _, ok := b.pushed[0].u.Chats[0].(*tg.ChannelForbidden); !ok {
		t.Errorf("the channel is %v", b.pushed[0].u.Chats)
	}
	_, err := read(b, otherBot, 2, in, 0, 4096)
	refused(t, err, 400, "CHANNEL_PRIVATE")
	_, err = do[bin.Encoder](b, otherBot, 2, &tg.ChannelsGetChannelsRequest{ID: []tg.InputChannelClass{&tg.InputChannel{ChannelID: channelID}}})
	refused(t, err, 406, "CHANNEL_PRIVATE")
	must(b.changeBot(otherBot, []byte(`{"channel_role":"admin"}`)))(t)
	must(read(b, otherBot, 2, in, 0, 4096))(t)
}

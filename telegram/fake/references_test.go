package fake

import (
	"bytes"
	"testing"
	"time"

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

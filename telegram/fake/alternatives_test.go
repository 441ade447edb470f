package fake

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// qualities are the further documents of a message's video, as they come over a wire.
func qualities(t *testing.T, m *tg.Message) []*tg.Document {
	t.Helper()
	var b bin.Buffer
	if err := m.Encode(&b); err != nil {
		t.Fatal(err)
	}
	seen := &tg.Message{}
	if err := seen.Decode(&b); err != nil {
		t.Fatal(err)
	}
	list, _ := seen.Media.(*tg.MessageMediaDocument).GetAltDocuments()
	var docs []*tg.Document
	for _, d := range list {
		docs = append(docs, d.(*tg.Document))
	}
	return docs
}

func posted(b *bench, account int64, id int) *tg.Message {
	b.t.Helper()
	in := &tg.InputChannel{ChannelID: channelID}
	m := must(do[*tg.MessagesChannelMessages](b, account, 2, &tg.ChannelsGetMessagesRequest{Channel: in, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: id}}}))(b.t)
	return m.Messages[0].(*tg.Message)
}

// withQualities is a film with two lower qualities.
func withQualities(seed uint32, size int64) *media {
	m := film(seed, size)
	m.Alt = []source{seeded(seed+1, size/2), seeded(seed+2, size/4)}
	return m
}

func TestLowerQualities(t *testing.T) {
	b := newBench(t, Options{})
	posts := must(b.post(channelID, []item{{Media: withQualities(20, 40000)}, {Media: film(30, 5000)}, {Media: film(31, 5000)}}))(t)
	if dcs := [3]int{posts[0].Media.DC, posts[1].Media.DC, posts[2].Media.DC}; dcs != [3]int{2, 4, 2} {
		t.Errorf("DCs %v: a lower quality takes no turn", dcs)
	}
	mine, other := qualities(t, posted(b, mainBot, 1)), qualities(t, posted(b, otherBot, 1))
	if len(mine) != 2 || len(other) != 2 || qualities(t, posted(b, mainBot, 2)) != nil {
		t.Fatalf("%d and %d qualities, want 2 of the first post alone", len(mine), len(other))
	}
	for i, d := range mine {
		v := posts[0].Media.Alt[i]
		want := stored{
			Kind: "video", Document: d.ID, Size: 20000 >> i, DC: 2, MIME: "video/mp4", Duration: 61.5,
			Width: 320 >> i, Height: 180 >> i, Source: seeded(uint32(21+i), 20000>>i),
		}
		if diff := cmp.Diff(want, v); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, must(b.document(d.ID))(t)); diff != "" {
			t.Error(diff)
		}
		video, _ := d.Attributes[0].(*tg.DocumentAttributeVideo)
		if video == nil || video.W != want.Width || video.H != want.Height || video.Duration != 61.5 || d.Size != want.Size || d.DCID != 2 || d.MimeType != "video/mp4" {
			t.Errorf("quality %d is %v", i, d)
		}
		if d.ID != other[i].ID || d.AccessHash == other[i].AccessHash || string(d.FileReference) == string(other[i].FileReference) {
			t.Errorf("quality %d: the id is everybody's, hash and reference are not", i)
		}
		f := must(read(b, mainBot, 2, d.AsInputDocumentFileLocation(""), 4096, 4096))(t)
		for at, got := range f.Bytes {
			if got != oracle(uint64(21+i), uint64(4096+at)) {
				t.Fatalf("quality %d: wrong bytes from %d on", i, at)
			}
		}
		if len(f.Bytes) != min(4096, 20000>>i-4096) {
			t.Errorf("quality %d: %d bytes", i, len(f.Bytes))
		}
		_, err := read(b, mainBot, 4, d.AsInputDocumentFileLocation(""), 0, 4096)
		refused(t, err, 303, "FILE_MIGRATE_2")
		_, err = read(b, otherBot, 2, d.AsInputDocumentFileLocation(""), 0, 4096)
		refused(t, err, 400, "FILE_ID_INVALID")
	}
	if n := must(b.expireReferences(mainBot, mine[0].ID))(t); n != 1 {
		t.Errorf("%d expired, want that of one bot", n)
	}
	_, err := read(b, mainBot, 2, mine[0].AsInputDocumentFileLocation(""), 0, 4096)
	refused(t, err, 400, "FILE_REFERENCE_EXPIRED")
	must(read(b, mainBot, 2, mine[1].AsInputDocumentFileLocation(""), 0, 4096))(t)
	must(read(b, mainBot, 2, qualities(t, posted(b, mainBot, 1))[0].AsInputDocumentFileLocation(""), 0, 4096))(t)
}

// TestQualitiesGoWithTheVideo: through a forward, a send by id and a restart.
func TestQualitiesGoWithTheVideo(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, Options{Data: dir})
	sent := must(b.send(person, mainBot, letter{Media: withQualities(20, 40000)}))(t).Messages[0].Media
	must(do[*tg.Updates](b, mainBot, 2, forward(b, 1, 99)))(t)
	video := theirs(b, mainBot, 1)
	in := &tg.InputMediaDocument{ID: &tg.InputDocument{ID: video.ID, AccessHash: video.AccessHash, FileReference: video.FileReference}}
	must(do[*tg.Updates](b, mainBot, 2, &tg.MessagesSendMediaRequest{Peer: inputChannel(b, mainBot), Media: in, RandomID: 100}))(t)
	again := source{Document: sent.Document}
	must(b.send(person, mainBot, letter{Media: &media{Kind: "video", Source: again}}))(t)
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	after := newBench(t, Options{Data: dir})
	for id := 1; id <= 2; id++ {
		list := qualities(t, posted(after, otherBot, id))
		if len(list) != 2 || list[0].ID != sent.Alt[0].Document || list[1].ID != sent.Alt[1].Document {
			t.Errorf("post %d has %v", id, list)
		}
	}
	for _, m := range must(after.chat(t.Context(), person, mainBot, 0, 0))(t).Messages {
		if diff := cmp.Diff(sent, m.Media); diff != "" {
			t.Errorf("message %d:\n%s", m.ID, diff)
		}
	}
}

// TestQualityThatIsThere: an alternative may be a document of before, which keeps
// what it has; what is no video is none.
func TestQualityThatIsThere(t *testing.T) {
	b := newBench(t, Options{})
	small := film(1, 5000)
	small.Width, small.Height, small.DC = 426, 240, 4
	first := must(b.post(channelID, []item{{Media: small}, {Media: &media{Kind: "document", Source: seeded(1, 10)}}}))(t)
	m := film(2, 9000)
	m.DC, m.Alt = 2, []source{{Document: first[0].Media.Document}}
	second := must(b.post(channelID, []item{{Media: m}}))(t)
	if diff := cmp.Diff([]stored{*first[0].Media}, second[0].Media.Alt); diff != "" {
		t.Error(diff)
	}
	for name, bad := range map[string]struct {
		media media
		want  error
	}{
		"of another kind":  {media{Kind: "video", Source: seeded(1, 10), Alt: []source{{Document: first[1].Media.Document}}}, teleplay.ErrConflict},
		"unknown":          {media{Kind: "video", Source: seeded(1, 10), Alt: []source{{Document: 5}}}, teleplay.ErrNotFound},
		"of nothing":       {media{Kind: "video", Source: seeded(1, 10), Alt: []source{{}}}, teleplay.ErrInvalid},
		"of a document":    {media{Kind: "document", Source: seeded(1, 10), Alt: []source{seeded(2, 5)}}, teleplay.ErrInvalid},
		"of one that lies": {media{Kind: "video", Source: source{Document: first[0].Media.Document}, Alt: []source{seeded(2, 5)}}, teleplay.ErrInvalid},
	} {
		if _, err := b.post(channelID, []item{{Media: &bad.media}}); !errors.Is(err, bad.want) {
			t.Errorf("alt %s: %v, want %v", name, err, bad.want)
		}
	}
	if n := len(must(b.posts(channelID, 0, 10))(t).Messages); n != 3 {
		t.Errorf("%d posts, want the 3 good ones", n)
	}
}

package fake

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

func TestPartRules(t *testing.T) {
	for _, c := range []struct {
		offset  int64
		limit   int
		precise bool
		want    string
	}{
		{0, 1 << 20, false, ""}, {4096, 4096, false, ""}, {1 << 20, 1 << 20, false, ""}, {1024, 3072, true, ""}, {1 << 20, 1 << 20, true, ""},
		{1<<32 - 4096, 4096, false, ""}, {16 << 10, 16 << 10, true, ""}, {0, 1024, true, ""}, {524288, 524288, false, ""},
		{1, 4096, false, "OFFSET_INVALID"}, {1024, 4096, false, "OFFSET_INVALID"}, {512, 1024, true, "OFFSET_INVALID"}, {-4096, 4096, false, "OFFSET_INVALID"},
		{0, 1000, false, "LIMIT_INVALID"}, {0, 5000, true, "LIMIT_INVALID"}, {0, 1024, false, "LIMIT_INVALID"}, {0, 12288, false, "LIMIT_INVALID"},
		{0, 2 << 20, false, "LIMIT_INVALID"}, {0, 2 << 20, true, "LIMIT_INVALID"}, {0, 0, false, "LIMIT_INVALID"}, {0, -4096, true, "LIMIT_INVALID"},
		{1044480, 8192, false, "LIMIT_INVALID"}, {1<<20 - 1024, 2048, true, "LIMIT_INVALID"},
	} {
		err := checkPart(c.offset, c.limit, c.precise)
		if c.want == "" && err != nil || c.want != "" && !tgerr.Is(err, c.want) {
			t.Errorf("offset %d limit %d precise %v: %v, want %q", c.offset, c.limit, c.precise, err, c.want)
		}
	}
}

// theirs is a message's document as a bot gets it.
func theirs(b *bench, account int64, id int) *tg.Document {
	b.t.Helper()
	in := &tg.InputChannel{ChannelID: channelID}
	m := must(do[*tg.MessagesChannelMessages](b, account, 2, &tg.ChannelsGetMessagesRequest{Channel: in, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: id}}}))(b.t)
	return m.Messages[0].(*tg.Message).Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
}

func read(b *bench, account int64, dc int, l tg.InputFileLocationClass, offset int64, limit int) (*tg.UploadFile, error) {
	b.t.Helper()
	part, err := do[bin.Encoder](b, account, dc, &tg.UploadGetFileRequest{Location: l, Offset: offset, Limit: limit})
	if err != nil {
		return nil, err
	}
	var buf bin.Buffer
	if err := part.Encode(&buf); err != nil {
		return nil, err
	}
	f := &tg.UploadFile{}
	if err := f.Decode(&buf); err != nil || buf.Len() != 0 {
		b.t.Fatalf("the answer is no upload.file: %v, %d bytes left", err, buf.Len())
	}
	return f, nil
}

func TestFilesAndTheirDCs(t *testing.T) {
	b := newBench(t, Options{})
	const size = 4<<30 - 1
	must(b.post(channelID, []item{{Media: film(7, size)}, {Media: film(8, 0)}, {Media: film(9, 5000)}}))(t)
	d := theirs(b, mainBot, 1)
	if next := theirs(b, mainBot, 2); d.DCID != 2 || next.DCID != 4 {
		t.Fatalf("DCs %d and %d", d.DCID, next.DCID)
	}
	_, err := read(b, mainBot, 4, d.AsInputDocumentFileLocation(""), 0, 4096)
	refused(t, err, 303, "FILE_MIGRATE_2")
	for _, offset := range []int64{0, 1 << 20, size / 4096 * 4096, (size>>20 + 1) << 20} {
		f := must(read(b, mainBot, 2, d.AsInputDocumentFileLocation(""), offset, 4096))(t)
		want := make([]byte, max(min(size-offset, 4096), 0))
		for i := range want {
			want[i] = oracle(7, uint64(offset)+uint64(i))
		}
		if !bytes.Equal(f.Bytes, want) {
			t.Errorf("offset %d: %d bytes, want %d", offset, len(f.Bytes), len(want))
		}
	}
	if f := must(read(b, mainBot, 4, theirs(b, mainBot, 2).AsInputDocumentFileLocation(""), 0, 4096))(t); len(f.Bytes) != 0 {
		t.Errorf("the empty file has %d bytes", len(f.Bytes))
	}
}

func TestPathsAndBlobs(t *testing.T) {
	b := newBench(t, Options{})
	path := filepath.Join(t.TempDir(), "film.mkv")
	if err := os.WriteFile(path, []byte("real bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(b.putBlob("notes", bytes.NewReader([]byte("blob bytes"))))(t)
	posts := must(b.post(channelID, []item{
		{Media: &media{Kind: "video", Source: source{Path: path}, DC: 2}}, {Media: &media{Kind: "document", Source: source{Blob: "notes"}, DC: 2}},
	}))(t)
	again := must(b.post(channelID, []item{{Media: &media{Kind: "document", Source: source{Document: posts[1].Media.Document}}}}))(t)
	if again[0].Media.Document != posts[1].Media.Document || posts[0].Media.FileName != "film.mkv" {
		t.Errorf("%+v, %+v", posts[0].Media, again[0].Media)
	}
	for i, want := range []string{"real bytes", "blob bytes"} {
		r, n, err := b.documentBytes(posts[i].Media.Document, 5, -1)
		if err != nil || n != 5 {
			t.Fatal(n, err)
		}
		if got, _ := io.ReadAll(r); string(got) != want[5:] {
			t.Errorf("%q, want %q", got, want[5:])
		}
		if f := must(read(b, mainBot, 2, theirs(b, mainBot, i+1).AsInputDocumentFileLocation(""), 0, 4096))(t); string(f.Bytes) != want {
			t.Errorf("getFile gives %q", f.Bytes)
		}
	}
	if err := os.WriteFile(path, []byte("other size of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.documentBytes(posts[0].Media.Document, 0, -1); !errors.Is(err, teleplay.ErrConflict) {
		t.Errorf("a changed file: %v", err)
	}
	_, err := read(b, mainBot, 2, theirs(b, mainBot, 1).AsInputDocumentFileLocation(""), 0, 4096)
	refused(t, err, 400, "SOURCE_CHANGED")
}

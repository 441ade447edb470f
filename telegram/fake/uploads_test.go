package fake

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

func TestUploads(t *testing.T) {
	b := newBench(t, Options{Data: t.TempDir()})
	part := func(n, size int) {
		t.Helper()
		p := make([]byte, size)
		synthesize(3, int64(n)*1024, p)
		must(do[*tg.BoolTrue](b, mainBot, 2, &tg.UploadSaveBigFilePartRequest{FileID: 9, FilePart: n, FileTotalParts: 3, Bytes: p}))(t)
	}
	attributes := []tg.DocumentAttributeClass{
		&tg.DocumentAttributeVideo{SupportsStreaming: true, Duration: 1.5, W: 64, H: 36, VideoCodec: "h264"}, &tg.DocumentAttributeFilename{FileName: "a.mkv"},
	}
	send := func(random int64) (*tg.Updates, error) {
		return do[*tg.Updates](b, mainBot, 2, &tg.MessagesSendMediaRequest{
			Peer: inputChannel(b, mainBot), Message: "caption", RandomID: random,
			Media: &tg.InputMediaUploadedDocument{File: &tg.InputFileBig{ID: 9, Parts: 3, Name: "a.mkv"}, MimeType: "a/b", Attributes: attributes},
		})
	}
	part(0, 1024)
	part(2, 10)
	_, err := send(1)
	refused(t, err, 400, "FILE_PART_1_MISSING")
	part(1, 2048)
	_, err = send(1)
	refused(t, err, 400, "FILE_PART_SIZE_CHANGED")
	part(1, 1024)
	u := must(send(1))(t)
	d := u.Updates[1].(*tg.UpdateNewChannelMessage).Message.(*tg.Message).Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
	for _, a := range attributes {
		_ = a.Encode(&bin.Buffer{}) // sets the flags, as decoding does
	}
	if diff := cmp.Diff(attributes, d.Attributes); diff != "" || d.MimeType != "a/b" || d.DCID != 2 || d.Size != 2058 {
		t.Errorf("%v\n%s", d, diff)
	}
	want := make([]byte, 2058)
	synthesize(3, 0, want)
	if f := must(read(b, mainBot, 2, d.AsInputDocumentFileLocation(""), 0, 4096))(t); !bytes.Equal(f.Bytes, want) {
		t.Error("other bytes came back")
	}
	again := &tg.MessagesSendMediaRequest{Peer: inputChannel(b, mainBot), RandomID: 2, Media: &tg.InputMediaDocument{ID: d.AsInput()}}
	m := must(do[*tg.Updates](b, mainBot, 2, again))(t).Updates[1].(*tg.UpdateNewChannelMessage).Message.(*tg.Message)
	if same := m.Media.(*tg.MessageMediaDocument).Document.GetID(); same != d.ID {
		t.Errorf("sent again as document %d", same)
	}
	_, err = do[bin.Encoder](b, mainBot, 2, &tg.UploadSaveFilePartRequest{FileID: 1, Bytes: make([]byte, 512<<10+1)})
	refused(t, err, 400, "FILE_PART_TOO_BIG")
	_, err = send(3)
	refused(t, err, 400, "FILE_PART_0_MISSING") // the message has used them
}

// TestUploadsRefused: the rules for a bot's uploads, which pays nothing.
func TestUploadsRefused(t *testing.T) {
	b := newBench(t, Options{})
	save := func(r bin.Encoder) error { _, err := do[bin.Encoder](b, mainBot, 2, r); return err }
	random := int64(0)
	send := func(dc int, f tg.InputFileClass, mime string) error {
		random++
		_, err := do[bin.Encoder](b, mainBot, dc, &tg.MessagesSendMediaRequest{
			Peer: inputChannel(b, mainBot), RandomID: random, Media: &tg.InputMediaUploadedDocument{File: f, MimeType: mime},
		})
		return err
	}
	for n := range 21 { // 10.5 MiB
		if err := save(&tg.UploadSaveFilePartRequest{FileID: 1, FilePart: n, Bytes: make([]byte, maxPart)}); err != nil {
			t.Fatal(err)
		}
	}
	small := func(parts int, sum string) *tg.InputFile {
		return &tg.InputFile{ID: 1, Parts: parts, Name: "a", MD5Checksum: sum}
	}
	refused(t, send(2, small(21, ""), "a/b"), 400, "FILE_PARTS_INVALID")
	refused(t, send(2, &tg.InputFileBig{ID: 1, Parts: 21}, "a/b"), 400, "FILE_PART_0_MISSING")
	refused(t, send(2, small(20, "00"), "a/b"), 400, "MD5_CHECKSUM_INVALID")
	refused(t, send(2, small(20, ""), ""), 400, "MEDIA_INVALID")
	if err := send(2, small(20, ""), "a/b"); err != nil {
		t.Error(err)
	}
	refused(t, save(&tg.UploadSaveBigFilePartRequest{FileID: 4, FilePart: 4000, FileTotalParts: 4001, Bytes: make([]byte, maxPart)}), 400, "FILE_PARTS_INVALID")
	refused(t, save(&tg.UploadSaveFilePartRequest{FileID: 4, FilePart: 4000, Bytes: make([]byte, maxPart)}), 400, "FILE_PART_INVALID")

	// A file has one number of parts, which may be said late.
	for _, step := range []struct {
		total int
		want  string
	}{{-1, ""}, {3, ""}, {7, "FILE_PARTS_INVALID"}, {-1, ""}, {2, "FILE_PARTS_INVALID"}, {3, ""}} {
		err := save(&tg.UploadSaveBigFilePartRequest{FileID: 5, FilePart: 1, FileTotalParts: step.total, Bytes: make([]byte, 1024)})
		if step.want == "" && err != nil {
			t.Errorf("%d parts: %v", step.total, err)
		} else if step.want != "" {
			refused(t, err, 400, step.want)
		}
	}

	must(do[*tg.BoolTrue](b, mainBot, 4, &tg.UploadSaveFilePartRequest{FileID: 7, Bytes: []byte("far")}))(t)
	refused(t, send(2, &tg.InputFile{ID: 7, Parts: 1, Name: "a"}, "a/b"), 400, "FILE_PART_0_MISSING") // it lies in DC 4

	b.uploads[uploadKey{2, mainBot, 99, true}] = &upload{parts: map[int][]byte{}, size: maxWaiting, last: b.now}
	refused(t, save(&tg.UploadSaveFilePartRequest{FileID: 8, Bytes: []byte("one more")}), 420, "FLOOD_WAIT_60")
}

// TestWorldGoesOnMeanwhile: while a file is being made of parts, or of a source,
// nobody else waits.
func TestWorldGoesOnMeanwhile(t *testing.T) {
	b := newBench(t, Options{})
	must(do[*tg.BoolTrue](b, mainBot, 2, &tg.UploadSaveFilePartRequest{FileID: 1, Bytes: []byte("file")}))(t)
	for name, heavy := range map[string]func() error{
		"upload": func() error {
			_, err := do[*tg.Updates](b, mainBot, 2, &tg.MessagesSendMediaRequest{Peer: inputChannel(b, mainBot), RandomID: 1,
				Media: &tg.InputMediaUploadedDocument{File: &tg.InputFile{ID: 1, Parts: 1}, MimeType: "a/b"}})
			return err
		},
		"post":   func() error { _, err := b.post(channelID, []item{{Media: film(1, 10)}}); return err },
		"letter": func() error { _, err := b.send(person, mainBot, letter{Media: film(1, 10)}); return err },
	} {
		reached, goOn, first := make(chan struct{}), make(chan struct{}), atomic.Bool{}
		b.world.now = func() time.Time { // the first look at the clock dates the file
			if first.CompareAndSwap(false, true) {
				close(reached)
				<-goOn
			}
			return b.now
		}
		done := make(chan error, 1)
		go func() { done <- heavy() }()
		<-reached
		must(do[*tg.UpdatesState](b, mainBot, 2, &tg.UpdatesGetStateRequest{}))(t)
		close(goOn)
		if err := <-done; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

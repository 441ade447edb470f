package fake

import (
	"bytes"
	"testing"

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
	sum := &tg.InputMediaUploadedDocument{File: &tg.InputFile{ID: 9, Parts: 3, MD5Checksum: "00"}, MimeType: "a/b"}
	_, err = do[bin.Encoder](b, mainBot, 2, &tg.MessagesSendMediaRequest{Peer: inputChannel(b, mainBot), RandomID: 3, Media: sum})
	refused(t, err, 400, "MD5_CHECKSUM_INVALID")
}

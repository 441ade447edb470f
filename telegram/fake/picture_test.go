package fake

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/tg"
)

func TestPictures(t *testing.T) {
	b := newBench(t, Options{})
	cover := seeded(3, 0)
	video := film(7, 5000)
	video.Thumb, video.DC = &cover, 2
	posts := must(b.post(channelID, []item{{Media: &media{Kind: "photo", Source: seeded(5, 0), Width: 1000, Height: 600, DC: 2}}, {Media: video}}))(t)
	m := must(do[*tg.MessagesChannelMessages](b, mainBot, 2, &tg.ChannelsGetMessagesRequest{
		Channel: &tg.InputChannel{ChannelID: channelID}, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: 1}, &tg.InputMessageID{ID: 2}},
	}))(t)
	photo := m.Messages[0].(*tg.Message).Media.(*tg.MessageMediaPhoto).Photo.(*tg.Photo)
	doc := m.Messages[1].(*tg.Message).Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
	check := func(sizes []tg.PhotoSizeClass, want []string, location func(string) tg.InputFileLocationClass) {
		t.Helper()
		var got []string
		for _, s := range sizes {
			size, ok := s.(*tg.PhotoSize)
			if !ok {
				if _, err := jpeg.Decode(bytes.NewReader(expand(s.(*tg.PhotoStrippedSize).Bytes))); err != nil {
					t.Errorf("the miniature is no JPEG: %v", err)
				}
				continue
			}
			got = append(got, fmt.Sprintf("%s %dx%d", size.Type, size.W, size.H))
			f := must(read(b, mainBot, 2, location(size.Type), 0, 1<<20))(t)
			img, err := jpeg.Decode(bytes.NewReader(f.Bytes))
			if err != nil || len(f.Bytes) != size.Size || img.Bounds().Dx() != size.W || img.Bounds().Dy() != size.H {
				t.Errorf("size %s: %v, %d bytes, want %d", size.Type, err, len(f.Bytes), size.Size)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	check(photo.Sizes, []string{"m 320x192", "x 800x480", "y 1000x600"}, func(s string) tg.InputFileLocationClass {
		return &tg.InputPhotoFileLocation{ID: photo.ID, AccessHash: photo.AccessHash, FileReference: photo.FileReference, ThumbSize: s}
	})
	check(doc.Thumbs, []string{"m 320x180"}, func(s string) tg.InputFileLocationClass {
		return &tg.InputDocumentFileLocation{ID: doc.ID, AccessHash: doc.AccessHash, FileReference: doc.FileReference, ThumbSize: s}
	})
	r, n, err := b.documentBytes(posts[0].Media.Document, 0, -1)
	if err != nil || n != posts[0].Media.Size {
		t.Fatal(n, err)
	}
	if _, err := jpeg.Decode(r); err != nil {
		t.Error(err)
	}
}

// expand puts the header that clients know before a miniature's scan
// (core.telegram.org/api/files#stripped-thumbnails).
func expand(b []byte) []byte {
	header, _ := hex.DecodeString("ffd8ffe000104a46494600010100000100010000ffdb004300281c1e231e19282321232d2b28303c64413c37373c7b585d4964918099968f808c8aa0b4e6c3a0aadaad8a8cc8ffcbdaeef5ffffff9bc1fffffffaffe6fdfff8ffdb0043012b2d2d3c353c76414176f8a58ca5f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8f8ffc00011080000000003012200021101031101ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b5100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffc4001f0100030101010101010101010000000000000102030405060708090a0bffc400b51100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9faffda000c03010002110311003f00")
	header[164], header[166] = b[1], b[2]
	return append(append(header, b[3:]...), 0xFF, 0xD9)
}

func TestPhotoFromPNG(t *testing.T) {
	b := newBench(t, Options{Data: t.TempDir()})
	var buf bytes.Buffer
	if err := png.Encode(&buf, drawPicture(4, 50, 30)); err != nil {
		t.Fatal(err)
	}
	must(b.putBlob("p", &buf))(t)
	posts := must(b.post(channelID, []item{{Media: &media{Kind: "photo", Source: source{Blob: "p"}}}}))(t)
	r, _, err := b.documentBytes(posts[0].Media.Document, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if img, err := jpeg.Decode(r); err != nil || img.Bounds().Dx() != 50 || posts[0].Media.Width != 50 {
		t.Errorf("%v, %+v", err, posts[0].Media)
	}
	must(b.putBlob("no", bytes.NewReader([]byte("no picture"))))(t)
	_, err = b.post(channelID, []item{{Media: &media{Kind: "photo", Source: source{Blob: "no"}}}})
	refused(t, err, 400, "IMAGE_PROCESS_FAILED")
}

// TestPictureDimensions: what a picture unfolds to is judged before it does.
func TestPictureDimensions(t *testing.T) {
	b := newBench(t, Options{})
	// The head of a PNG is enough: one of 60,000 × 60,000 would not fit memory.
	header := func(w, h uint32) []byte {
		chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
		chunk = append(binary.BigEndian.AppendUint32(chunk, h), 8, 0, 0, 0, 0)
		out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), uint32(len(chunk)-4))
		return binary.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
	}
	for _, c := range [][2]uint32{{60000, 60000}, {6000, 4001}, {2001, 100}, {100, 2001}} {
		must(b.putBlob("p", bytes.NewReader(header(c[0], c[1]))))(t)
		photo := &media{Kind: "photo", Source: source{Blob: "p"}}
		_, err := b.post(channelID, []item{{Media: photo}})
		refused(t, err, 400, "PHOTO_INVALID_DIMENSIONS")
		covered := film(7, 5000)
		covered.Thumb = &source{Blob: "p"}
		_, err = b.post(channelID, []item{{Media: covered}})
		refused(t, err, 400, "PHOTO_INVALID_DIMENSIONS")
	}
	for _, c := range [][2]int{{9000, 2000}, {2100, 100}} {
		_, err := b.post(channelID, []item{{Media: &media{Kind: "photo", Source: seeded(5, 0), Width: c[0], Height: c[1]}}})
		refused(t, err, 400, "PHOTO_INVALID_DIMENSIONS")
	}
}

func BenchmarkPostWithThumbs(b *testing.B) {
	w := newWorld(Options{}, nil)
	cover := seeded(3, 0)
	for b.Loop() {
		m := film(7, 5000)
		m.Thumb = &cover
		if _, err := w.post(channelID, []item{{Media: m}}); err != nil {
			b.Fatal(err)
		}
	}
}

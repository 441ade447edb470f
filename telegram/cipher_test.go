package telegram

import (
	"bytes"
	"crypto/aes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/ige"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mtproto"
)

var _ mtproto.Cipher = frameCipher{}

// seeded is randomness that can be had twice.
func seeded(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return rand.NewChaCha8(key)
}

func testKey(t testing.TB) crypto.AuthKey {
	t.Helper()
	var key crypto.Key
	if _, err := io.ReadFull(seeded(1), key[:]); err != nil {
		t.Fatal(err)
	}
	return key.WithID()
}

// plainMessage is a message of n bytes with a head in which every field differs.
func plainMessage(n int) crypto.EncryptedMessageData {
	body := make([]byte, n)
	for i := range body {
		body[i] = byte(i * 7)
	}
	return crypto.EncryptedMessageData{Salt: 1, SessionID: 2, MessageID: 3, SeqNo: 4,
		MessageDataLen: int32(n), MessageDataWithPadding: body}
}

// TestEncryptKnownFrame is a frame of another implementation, grammers: key 0, 1 …
// 255, padding of zeros.
func TestEncryptKnownFrame(t *testing.T) {
	var key crypto.Key
	for i := range key {
		key[i] = byte(i)
	}
	clear := []byte("Hello, world! This data should remain secure!")
	data := crypto.EncryptedMessageData{
		Salt:                   int64(binary.LittleEndian.Uint64(clear)),
		SessionID:              int64(binary.LittleEndian.Uint64(clear[8:])),
		MessageID:              int64(binary.LittleEndian.Uint64(clear[16:])),
		SeqNo:                  int32(binary.LittleEndian.Uint32(clear[24:])),
		MessageDataLen:         int32(binary.LittleEndian.Uint32(clear[28:])),
		MessageDataWithPadding: clear[32:],
	}
	var b bin.Buffer
	if err := (frameCipher{zeros{}}).Encrypt(key.WithID(), data, &b); err != nil {
		t.Fatal(err)
	}
	want := []byte{
		50, 209, 88, 110, 164, 87, 223, 200, 168, 23, 41, 212, 109, 181, 64, 25, 162, 191, 215,
		247, 68, 249, 185, 108, 79, 113, 108, 253, 196, 71, 125, 178, 162, 193, 95, 109, 219,
		133, 35, 95, 185, 85, 47, 29, 132, 7, 198, 170, 234, 0, 204, 132, 76, 90, 27, 246, 172,
		68, 183, 155, 94, 220, 42, 35, 134, 139, 61, 96, 115, 165, 144, 153, 44, 15, 41, 117,
		36, 61, 86, 62, 161, 128, 210, 24, 238, 117, 124, 154,
	}
	if !bytes.Equal(b.Buf, want) {
		t.Errorf("frame % d", b.Buf)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestDecryptKnownFrame is a frame that a server sent to grammers.
func TestDecryptKnownFrame(t *testing.T) {
	key := crypto.Key{
		93, 46, 125, 101, 244, 158, 194, 139, 208, 41, 168, 135, 97, 234, 39, 184, 164, 199,
		159, 18, 34, 101, 37, 68, 62, 125, 124, 89, 110, 243, 48, 53, 48, 219, 33, 7, 232, 154,
		169, 151, 199, 160, 22, 74, 182, 148, 24, 122, 222, 255, 21, 107, 214, 239, 113, 24,
		161, 150, 35, 71, 117, 60, 14, 126, 137, 160, 53, 75, 142, 195, 100, 249, 153, 126,
		113, 188, 105, 35, 251, 134, 232, 228, 52, 145, 224, 16, 96, 106, 108, 232, 69, 226,
		250, 1, 148, 9, 119, 239, 10, 163, 42, 223, 90, 151, 219, 246, 212, 40, 236, 4, 52,
		215, 23, 162, 211, 173, 25, 98, 44, 192, 88, 135, 100, 33, 19, 199, 150, 95, 251, 134,
		42, 62, 60, 203, 10, 185, 90, 221, 218, 87, 248, 146, 69, 219, 215, 107, 73, 35, 72,
		248, 233, 75, 213, 167, 192, 224, 184, 72, 8, 82, 60, 253, 30, 168, 11, 50, 254, 154,
		209, 152, 188, 46, 16, 63, 206, 183, 213, 36, 146, 236, 192, 39, 58, 40, 103, 75, 201,
		35, 238, 229, 146, 101, 171, 23, 160, 2, 223, 31, 74, 162, 197, 155, 129, 154, 94, 94,
		29, 16, 94, 193, 23, 51, 111, 92, 118, 198, 177, 135, 3, 125, 75, 66, 112, 206, 233,
		204, 33, 7, 29, 151, 233, 188, 162, 32, 198, 215, 176, 27, 153, 140, 242, 229, 205,
		185, 165, 14, 205, 161, 133, 42, 54, 230, 53, 105, 12, 142,
	}
	frame := bin.Buffer{Buf: []byte{
		122, 113, 131, 194, 193, 14, 79, 77, 249, 69, 250, 154, 154, 189, 53, 231, 195, 132,
		11, 97, 240, 69, 48, 79, 57, 103, 76, 25, 192, 226, 9, 120, 79, 80, 246, 34, 106, 7,
		53, 41, 214, 117, 201, 44, 191, 11, 250, 140, 153, 167, 155, 63, 57, 199, 42, 93, 154,
		2, 109, 67, 26, 183, 64, 124, 160, 78, 204, 85, 24, 125, 108, 69, 241, 120, 113, 82,
		78, 221, 144, 206, 160, 46, 215, 40, 225, 77, 124, 177, 138, 234, 42, 99, 97, 88, 240,
		148, 89, 169, 67, 119, 16, 216, 148, 199, 159, 54, 140, 78, 129, 100, 183, 100, 126,
		169, 134, 18, 174, 254, 148, 44, 93, 146, 18, 26, 203, 141, 176, 45, 204, 206, 182,
		109, 15, 135, 32, 172, 18, 160, 109, 176, 88, 43, 253, 149, 91, 227, 79, 54, 81, 24,
		227, 186, 184, 205, 8, 12, 230, 180, 91, 40, 234, 197, 109, 205, 42, 41, 55, 78,
	}}
	m, err := frameCipher{}.DecryptFromBuffer(key.WithID(), &frame)
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{
		220, 248, 241, 115, 2, 0, 0, 0, 1, 168,
		193, 194, 145, 139, 48, 94, 1, 0, 0, 0, 28, 0, 0, 0, 8, 9, 194, 158, 196, 253, 51, 173,
		145, 139, 48, 94, 24, 168, 142, 166, 7, 238, 88, 22, 252, 130, 106, 2, 36, 139, 40,
		253, 1, 204, 193, 194, 145, 139, 48, 94, 2, 0, 0, 0, 20, 0, 0, 0, 197, 115, 119, 52,
		196, 253, 51, 173, 145, 139, 48, 94, 100, 8, 48, 0, 0, 0, 0, 0,
	}
	if m.SeqNo != 2 || !bytes.Equal(m.Data(), want) {
		t.Errorf("message %d: % d", m.SeqNo, m.Data())
	}
}

// TestEncryptLikeGotd: with the same randomness the same frames, byte for byte.
func TestEncryptLikeGotd(t *testing.T) {
	key := testKey(t)
	for n := range uint64(200) {
		var got, want bin.Buffer
		if err := crypto.NewClientCipher(seeded(n)).Encrypt(key, plainMessage(int(n)*4), &want); err != nil {
			t.Fatal(err)
		}
		data := plainMessage(int(n) * 4)
		if n%2 == 0 { // as gotd's connections give it
			data = crypto.EncryptedMessageData{Salt: 1, SessionID: 2, MessageID: 3, SeqNo: 4, Message: raw(data.MessageDataWithPadding)}
		}
		if err := (frameCipher{seeded(n)}).Encrypt(key, data, &got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Buf, want.Buf) {
			t.Fatalf("frame of %d bytes differs from gotd's of %d", len(got.Buf), len(want.Buf))
		}
	}
}

type raw []byte

func (r raw) Encode(b *bin.Buffer) error { b.Put(r); return nil }

func TestDecryptLikeGotd(t *testing.T) {
	key := testKey(t)
	server := crypto.NewServerCipher(seeded(2))
	for _, n := range []int{0, 4, 16, 64, 1000, 16 << 10, 512<<10 + 20} {
		var b bin.Buffer
		if err := server.Encrypt(key, plainMessage(n), &b); err != nil {
			t.Fatal(err)
		}
		want, err := crypto.NewClientCipher(nil).DecryptFromBuffer(key, &bin.Buffer{Buf: bytes.Clone(b.Buf)})
		if err != nil {
			t.Fatal(err)
		}
		memory := b.Buf
		got, err := frameCipher{}.DecryptFromBuffer(key, &b)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d bytes, −gotd's +ours:\n%s", n, d)
		}
		if &got.MessageDataWithPadding[0] != &memory[frameHead+32] {
			t.Errorf("%d bytes were decrypted into other memory than the frame's", n)
		}
	}
}

// sealFrame is a server's frame with any plaintext of whole blocks.
func sealFrame(key crypto.AuthKey, clear []byte) []byte {
	msgKey := crypto.MessageKey(key.Value, clear, crypto.Server)
	aesKey, iv := crypto.Keys(key.Value, msgKey, crypto.Server)
	block, err := aes.NewCipher(aesKey[:])
	if err != nil {
		panic(err)
	}
	frame := append(append(bytes.Clone(key.ID[:]), msgKey[:]...), clear...)
	ige.EncryptBlocks(block, iv[:], frame[frameHead:], clear)
	return frame
}

// clearFrame is the plaintext of a message that claims to have length bytes.
func clearFrame(length int32, rest int) []byte {
	clear := make([]byte, 32+rest)
	binary.LittleEndian.PutUint32(clear[28:], uint32(length))
	return clear
}

func TestDecryptRefuses(t *testing.T) {
	key := testKey(t)
	good := sealFrame(key, clearFrame(4, 32))
	change := func(at int) []byte { b := bytes.Clone(good); b[at] ^= 1; return b }
	for name, c := range map[string]struct {
		frame  []byte
		forged bool
	}{
		"nothing":               {nil, true},
		"half a head":           {good[:frameHead-1], true},
		"another key":           {change(0), true},
		"half a block":          {good[:len(good)-8], true},
		"a block less":          {good[:len(good)-16], true},
		"changed msg_key":       {change(8), true},
		"changed first byte":    {change(frameHead), true},
		"changed last byte":     {change(len(good) - 1), true},
		"no message":            {sealFrame(key, nil), false},
		"half a message head":   {sealFrame(key, make([]byte, 16)), false},
		"negative length":       {sealFrame(key, clearFrame(-4, 32)), false},
		"least length":          {sealFrame(key, clearFrame(-1<<31, 32)), false},
		"length beyond the end": {sealFrame(key, clearFrame(36, 32)), false},
		"length not by four":    {sealFrame(key, clearFrame(5, 32)), false},
		"padding of 8":          {sealFrame(key, clearFrame(24, 32)), false},
		"padding of 1028":       {sealFrame(key, clearFrame(12, 1040)), false},
	} {
		m, err := frameCipher{}.DecryptFromBuffer(key, &bin.Buffer{Buf: bytes.Clone(c.frame)})
		if err == nil || m != nil || errors.Is(err, errForged) != c.forged {
			t.Errorf("%s: message %v, error %v", name, m, err)
		}
	}
	for name, clear := range map[string][]byte{"padding of 12": clearFrame(4, 16), "padding of 1024": clearFrame(16, 1040)} {
		if _, err := (frameCipher{}).DecryptFromBuffer(key, &bin.Buffer{Buf: sealFrame(key, clear)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEncryptNeedsRandomness(t *testing.T) {
	for n := range 2 { // none for the padding's length, none for the padding
		err := frameCipher{io.LimitReader(zeros{}, int64(n))}.Encrypt(testKey(t), plainMessage(4), &bin.Buffer{})
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("with %d random bytes: %v", n, err)
		}
	}
}

// FuzzDecrypt feeds frames of any bytes, and any plaintext that the key has sealed:
// what gotd refuses is refused, what is accepted is the same.
func FuzzDecrypt(f *testing.F) {
	key := testKey(f)
	f.Add(clearFrame(4, 32), true)
	f.Add(clearFrame(-4, 48), true)
	f.Add(sealFrame(key, clearFrame(4, 32)), false)
	f.Fuzz(func(t *testing.T, b []byte, seal bool) {
		if seal {
			b = sealFrame(key, b[:len(b)/16*16])
		}
		want, refused := crypto.NewClientCipher(nil).DecryptFromBuffer(key, &bin.Buffer{Buf: bytes.Clone(b)})
		got, err := frameCipher{}.DecryptFromBuffer(key, &bin.Buffer{Buf: bytes.Clone(b)})
		if err != nil {
			if refused == nil && len(want.MessageDataWithPadding)-int(want.MessageDataLen) >= padLeast {
				t.Fatalf("refused a good frame: %v", err)
			}
			return
		}
		if refused != nil {
			t.Fatalf("accepted what gotd refuses: %v", refused)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("−gotd's +ours:\n%s", d)
		}
	})
}

func BenchmarkDecrypt(b *testing.B) {
	key := testKey(b)
	var sealed bin.Buffer
	if err := crypto.NewServerCipher(seeded(2)).Encrypt(key, plainMessage(512<<10), &sealed); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		cipher mtproto.Cipher
	}{{"own", frameCipher{}}, {"gotd", crypto.NewClientCipher(nil)}} {
		b.Run(c.name, func(b *testing.B) {
			frame := make([]byte, sealed.Len())
			b.SetBytes(int64(len(frame)))
			b.ReportAllocs()
			for b.Loop() {
				copy(frame, sealed.Buf)
				if _, err := c.cipher.DecryptFromBuffer(key, &bin.Buffer{Buf: frame}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

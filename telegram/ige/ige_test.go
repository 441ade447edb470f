package ige

import (
	"bytes"
	"crypto/aes"
	"crypto/sha1"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"github.com/gotd/ige"
)

// ways are what this machine uses, and what one without AES instructions does.
// Each takes whole blocks.
var ways = map[string]struct {
	encrypt, decrypt func(key, iv *[32]byte, dst, src []byte)
}{
	"own":      {Encrypt, Decrypt},
	"portable": {portableEncrypt, portableDecrypt},
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// encryptedAnswer is that of core.telegram.org/mtproto/samples-auth_key.
const encryptedAnswer = "28A92FE20173B347A8BB324B5FAB2667C9A8BBCE6468D5B509A4CBDDC186240AC912CF7006AF8926DE606A2E74C0493C" +
	"AA57741E6C82451F54D3E068F5CCC49B4444124B9666FFB405AAB564A3D01E67F6E912867C8D20D9882707DC330B17B4" +
	"E0DD57CB53BFAAFA9EF5BE76AE6C1B9B6C51E2D6502A47C883095C46C81E3BE25F62427B585488BB3BF239213BF48EB8" +
	"FE34C9A026CC8413934043974DB03556633038392CECB51F94824E140B98637730A4BE79A8F9DAFA39BAE81E1095849E" +
	"A4C83467C92A3A17D997817C8A7AC61C3FF414DA37B7D66E949C0AEC858F048224210FCC61F11C3A910B431CCBD104CC" +
	"CC8DC6D29D4A5D133BE639A4C32BBFF153E63ACA3AC52F2E4709B8AE01844B142C1EE89D075D64F69A399FEB04E656FE" +
	"3675A6F8F412078F3D0B58DA15311C1A9F8E53B3CD6BB5572C294904B726D0BE337E2E21977DA26DD6E33270251C2CA2" +
	"9DFCC70227F0755F84CFDA9AC4B8DD5F84F1D1EB36BA45CDDC70444D8C213E4BD8F63B8AB95A2D0B4180DC91283DC063" +
	"ACFB92D6A4E407CDE7C8C69689F77A007441D4A6A8384B666502D9B77FC68B5B43CC607E60A146223E110FCB43BC3C94" +
	"2EF981930CDC4A1D310C0B64D5E55D308D863251AB90502C3E46CC599E886A927CDA963B9EB16CE62603B68529EE98F9" +
	"F5206419E03FB458EC4BD9454AA8F6BA777573CC54B328895B1DF25EAD9FB4CD5198EE022B2B81F388D281D5E5BC5801" +
	"07CA01A50665C32B552715F335FD76264FAD00DDD5AE45B94832AC79CE7C511D194BC42B70EFA850BB15C2012C5215CA" +
	"BFE97CE66B8D8734D0EE759A638AF013"

// TestTelegramsOwnSample decrypts what Telegram's documentation shows; it begins
// with the SHA-1 of the 564 bytes that follow.
func TestTelegramsOwnSample(t *testing.T) {
	key := [32]byte(unhex(t, "F011280887C7BB01DF0FC4E17830E0B91FBB8BE4B2267CB985AE25F33B527253"))
	iv := [32]byte(unhex(t, "3212D579EE35452ED23E0D0C92841AA7D31B2E9BDEF2151E80D15860311C85DB"))
	sealed := unhex(t, encryptedAnswer)
	for name, w := range ways {
		clear := make([]byte, len(sealed))
		w.decrypt(&key, &iv, clear, sealed)
		if sum := sha1.Sum(clear[20:584]); !bytes.Equal(sum[:], clear[:20]) {
			t.Errorf("%s: decrypted to something of another SHA-1: %x…", name, clear[:32])
		}
		if id := clear[20:24]; !bytes.Equal(id, unhex(t, "BA0D89B5")) {
			t.Errorf("%s: answer begins with %x, want server_DH_inner_data", name, id)
		}
		again := make([]byte, len(sealed))
		w.encrypt(&key, &iv, again, clear)
		if !bytes.Equal(again, sealed) {
			t.Errorf("%s: encrypted again it is %x…", name, again[:32])
		}
	}
}

// TestOneBlockIsAES is FIPS 197, C.3: behind an IV of zeros the first block is AES's.
func TestOneBlockIsAES(t *testing.T) {
	key := [32]byte(unhex(t, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
	clear, sealed := unhex(t, "00112233445566778899aabbccddeeff"), unhex(t, "8ea2b7ca516745bfeafc49904b496089")
	for name, w := range ways {
		got := make([]byte, 16)
		w.encrypt(&key, new([32]byte), got, clear)
		if !bytes.Equal(got, sealed) {
			t.Errorf("%s: encrypted to %x", name, got)
		}
		w.decrypt(&key, new([32]byte), got, sealed)
		if !bytes.Equal(got, clear) {
			t.Errorf("%s: decrypted to %x", name, got)
		}
	}
}

// same compares a way with gotd's, apart and in place, with the memory around.
func same(t *testing.T, key, iv *[32]byte, src []byte) {
	t.Helper()
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	sealed, opened := make([]byte, len(src)), make([]byte, len(src))
	ige.EncryptBlocks(block, iv[:], sealed, src)
	ige.DecryptBlocks(block, iv[:], opened, src)
	fence := bytes.Repeat([]byte{0xa5}, 32)
	for name, w := range ways {
		for what, c := range map[string]struct {
			crypt func(key, iv *[32]byte, dst, src []byte)
			want  []byte
		}{"encrypt": {w.encrypt, sealed}, "decrypt": {w.decrypt, opened}} {
			for place, in := range map[string]bool{"apart": false, "in place": true} {
				k, v, s := *key, *iv, bytes.Clone(src)
				room := bytes.Join([][]byte{fence, make([]byte, len(src)), fence}, nil)
				dst := room[len(fence) : len(fence)+len(src)]
				if in {
					copy(dst, src)
					s = dst
				}
				c.crypt(&k, &v, dst, s)
				if !bytes.Equal(dst, c.want) {
					t.Fatalf("%s %s %s of %d bytes differs from gotd's", name, what, place, len(src))
				}
				if k != *key || v != *iv || !in && !bytes.Equal(s, src) {
					t.Fatalf("%s %s wrote to its input", name, what)
				}
				if !bytes.HasPrefix(room, fence) || !bytes.HasSuffix(room, fence) {
					t.Fatalf("%s %s wrote outside dst", name, what)
				}
			}
		}
	}
}

func TestLikeGotd(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(b []byte) []byte {
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	for n := range 70 {
		var key, iv [32]byte
		random(key[:])
		random(iv[:])
		same(t, &key, &iv, random(make([]byte, 16*n+1))[1:]) // off the 16-byte grid
		same(t, &key, &iv, random(make([]byte, 16*n)))
	}
}

func FuzzLikeGotd(f *testing.F) {
	f.Add(make([]byte, 64), make([]byte, 48))
	f.Fuzz(func(t *testing.T, keys, src []byte) {
		var key, iv [32]byte
		copy(key[:], keys)
		if len(keys) > len(key) {
			copy(iv[:], keys[len(key):])
		}
		same(t, &key, &iv, src[:len(src)/16*16])
	})
}

func TestWholeBlocksOfBoth(t *testing.T) {
	var key, iv [32]byte
	for _, c := range []struct{ dst, src, done int }{{0, 0, 0}, {15, 16, 0}, {16, 15, 0}, {40, 31, 16}, {33, 64, 32}, {64, 33, 32}} {
		for what, crypt := range map[string]func(key, iv *[32]byte, dst, src []byte){"Encrypt": Encrypt, "Decrypt": Decrypt} {
			dst, want := bytes.Repeat([]byte{9}, c.dst), bytes.Repeat([]byte{9}, c.dst)
			crypt(&key, &iv, dst, make([]byte, c.src))
			if c.done > 0 {
				crypt(&key, &iv, want[:c.done], make([]byte, c.done))
			}
			if !bytes.Equal(dst, want) {
				t.Errorf("%s of %d into %d bytes: %x, want %x", what, c.src, c.dst, dst, want)
			}
		}
	}
	if n := testing.AllocsPerRun(100, func() { Encrypt(&key, &iv, nil, nil); Decrypt(&key, &iv, nil, nil) }); n != 0 {
		t.Errorf("nothing to do costs %v allocations", n)
	}
}

func BenchmarkDecrypt(b *testing.B) {
	for name, w := range ways {
		b.Run(name, func(b *testing.B) { bench(b, w.decrypt) })
	}
	b.Run("gotd", func(b *testing.B) {
		bench(b, func(key, iv *[32]byte, dst, src []byte) { ige.DecryptAES256Blocks(key[:], iv[:], dst, src) })
	})
}

func BenchmarkEncrypt(b *testing.B) {
	for name, w := range ways {
		b.Run(name, func(b *testing.B) { bench(b, w.encrypt) })
	}
	b.Run("gotd", func(b *testing.B) {
		bench(b, func(key, iv *[32]byte, dst, src []byte) {
			block, err := aes.NewCipher(key[:])
			if err != nil {
				b.Fatal(err)
			}
			ige.EncryptBlocks(block, iv[:], dst, src)
		})
	})
}

func bench(b *testing.B, crypt func(key, iv *[32]byte, dst, src []byte)) {
	var key, iv [32]byte
	buf := make([]byte, 512<<10)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		crypt(&key, &iv, buf, buf)
	}
}

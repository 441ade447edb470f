package api_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/teleplay/teleplay/node/api"
)

func FuzzRange(f *testing.F) {
	for _, r := range ranges {
		f.Add([]byte(r.header), int64(1000))
	}
	f.Add([]byte("bytes=0-"), int64(0))
	f.Add([]byte("bytes=4294967294-4294967296"), int64(4<<30-1))
	f.Add([]byte("bytes=2147483647-2147483648"), int64(4<<30))
	f.Add([]byte("bytes=-9223372036854775808"), int64(math.MaxInt64))
	f.Add([]byte("bytes="+strings.Repeat("0-0,", 2000)), int64(10))
	f.Fuzz(func(t *testing.T, header []byte, size int64) {
		if size < 0 {
			size = -(size + 1)
		}
		r, answer := api.ParseRange(header, size)
		switch answer {
		case api.WholeFile:
			if r.Start != 0 || r.Length != size {
				t.Fatalf("%q of %d: whole is %+v", header, size, r)
			}
		case api.PartOfFile:
			if r.Start < 0 || r.Length < 1 || r.Start >= size || r.Length > size-r.Start {
				t.Fatalf("%q of %d: %+v lies outside", header, size, r)
			}
		case api.BeyondTheFile:
			if size == 0 {
				t.Fatalf("%q: an empty file has no 416", header)
			}
		}
		if want, sure := simple(string(header), size); sure && (answer != want.answer || answer == api.PartOfFile && (r.Start != want.start || r.End() != want.end)) {
			t.Fatalf("%q of %d: got %v %+v, want %+v", header, size, answer, r, want)
		}
	})
}

type simpleAnswer struct {
	answer     any
	start, end int64
}

// simple is a second reading of headers with one plain range, by big numbers. It
// is sure of nothing else.
func simple(header string, size int64) (simpleAnswer, bool) {
	set, ok := strings.CutPrefix(header, "bytes=")
	first, last, dash := strings.Cut(set, "-")
	if !ok || !dash || size == 0 || strings.Trim(first+last, "0123456789") != "" || first+last == "" {
		return simpleAnswer{}, false
	}
	n := big.NewInt(size)
	from, to := new(big.Int), new(big.Int).Sub(n, big.NewInt(1))
	switch {
	case first == "":
		suffix, _ := new(big.Int).SetString(last, 10)
		if suffix.Sign() == 0 {
			return simpleAnswer{answer: api.BeyondTheFile}, true
		}
		if from.Sub(n, suffix); from.Sign() < 0 {
			from.SetInt64(0)
		}
	default:
		from.SetString(first, 10)
		if last != "" {
			end, _ := new(big.Int).SetString(last, 10)
			if end.Cmp(from) < 0 {
				return simpleAnswer{answer: api.WholeFile}, true
			}
			if end.Cmp(to) < 0 {
				to = end
			}
		}
		if from.Cmp(n) >= 0 {
			return simpleAnswer{answer: api.BeyondTheFile}, true
		}
	}
	return simpleAnswer{api.PartOfFile, from.Int64(), to.Int64() + 1}, true
}

func BenchmarkRange(b *testing.B) {
	for name, header := range map[string]string{
		"open":   "bytes=5242880-",
		"closed": "bytes=5242880-6291455",
		"8KB":    "bytes=" + strings.Repeat("0-0,", 2046),
	} {
		b.Run(name, func(b *testing.B) {
			h := []byte(header)
			b.ReportAllocs()
			b.SetBytes(int64(len(h)))
			for b.Loop() {
				api.ParseRange(h, 1<<30)
			}
		})
	}
}

package api

import (
	"bytes"
	"math"

	"github.com/teleplay/teleplay"
)

// rangeAnswer is what a Range header asks for.
type rangeAnswer int

const (
	wholeFile     rangeAnswer = iota // 200: no, invalid, foreign or several ranges
	partOfFile                       // 206
	beyondTheFile                    // 416
)

// parseRange reads a Range header for a file of size bytes, after RFC 9110 §14 as
// RFC 9110 §14 decides it: one range is served, several are answered whole,
// what is invalid or of another unit is ignored, and no number overflows. An empty
// file has no ranges. It allocates nothing and looks at each byte a constant
// number of times.
func parseRange(header []byte, size int64) (teleplay.Range, rangeAnswer) {
	whole := teleplay.Range{Length: size}
	unit, set, ok := bytes.Cut(trimSpace(header), []byte{'='})
	if !ok || size == 0 || !bytes.EqualFold(unit, []byte("bytes")) {
		return whole, wholeFile
	}
	var got teleplay.Range
	specs, satisfiable := 0, false
	for more := true; more; {
		var spec []byte
		spec, set, more = bytes.Cut(set, []byte{','})
		if spec = trimSpace(spec); len(spec) == 0 {
			continue // a list may have empty elements: §5.6.1.2
		}
		r, there, valid := parseSpec(spec, size)
		if !valid {
			return whole, wholeFile
		}
		specs++
		satisfiable = satisfiable || there
		got = r
	}
	switch {
	case specs == 0:
		return whole, wholeFile
	case !satisfiable:
		return teleplay.Range{}, beyondTheFile
	case specs > 1:
		return whole, wholeFile
	}
	return got, partOfFile
}

// parseSpec reads "first-last", "first-" or "-suffix". there is false when it is
// valid but has no byte of the file.
func parseSpec(spec []byte, size int64) (r teleplay.Range, there, valid bool) {
	first, last, ok := bytes.Cut(spec, []byte{'-'})
	if !ok || !digits(first) || !digits(last) || len(first)+len(last) == 0 {
		return r, false, false
	}
	if len(first) == 0 {
		n := min(number(last), size)
		return teleplay.Range{Start: size - n, Length: n}, n > 0, true
	}
	if len(last) > 0 && less(last, first) {
		return r, false, false
	}
	from, to := number(first), size-1
	if len(last) > 0 {
		to = min(number(last), to)
	}
	if from >= size {
		return r, false, true
	}
	return teleplay.Range{Start: from, Length: to - from + 1}, true, true
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// number is the value of decimal digits, at most 2^63 − 1.
func number(b []byte) int64 {
	var n int64
	for _, c := range b {
		d := int64(c - '0')
		if n > (math.MaxInt64-d)/10 {
			return math.MaxInt64
		}
		n = n*10 + d
	}
	return n
}

// less compares decimal digits of any length.
func less(a, b []byte) bool {
	a, b = bytes.TrimLeft(a, "0"), bytes.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return bytes.Compare(a, b) < 0
}

// trimSpace cuts RFC 9110's optional white space.
func trimSpace(b []byte) []byte { return bytes.Trim(b, " \t") }

package catalog

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/teleplay/teleplay"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxName is how long a name may be in bytes: what disks and WebDAV clients take.
const maxName = 255

// goodName is a name that a person typed, trimmed. A slash is allowed ("AC/DC"):
// names are no paths here.
func goodName(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", teleplay.Fail(teleplay.ErrInvalid, "", "A name needs at least one character.")
	case len(s) > maxName:
		return "", teleplay.Fail(teleplay.ErrInvalid, "", "This name is too long: at most 255 letters without accents, fewer of others.")
	case !utf8.ValidString(s), strings.ContainsFunc(s, unicode.IsControl):
		return "", teleplay.Fail(teleplay.ErrInvalid, "", "A name is one line of plain text: take out line breaks and control characters.")
	}
	return s, nil
}

// maxPlaceholder bounds what every list carries for a file, in bytes; Telegram's
// are below 1 KiB.
const maxPlaceholder = 4 << 10

// tame makes the sender's claims about a file ones that can be stored.
func tame(f teleplay.File) teleplay.File {
	f.Name = cleanName(f.Name)
	if len(f.MIME) > maxName || !utf8.ValidString(f.MIME) || strings.ContainsFunc(f.MIME, unicode.IsControl) {
		f.MIME = ""
	}
	if !(f.Duration >= 0 && f.Duration <= maxSeconds) { // NaN too
		f.Duration = 0
	}
	if f.Width < 0 || f.Height < 0 || f.Width > math.MaxInt32 || f.Height > math.MaxInt32 {
		f.Width, f.Height = 0, 0
	}
	if len(f.Placeholder) > maxPlaceholder {
		f.Placeholder = nil
	}
	return f
}

// cleanName makes a name of what a sender wrote: an upload is never refused for
// it. Too long a one is cut before its extension.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if s = strings.TrimSpace(s); s == "" {
		return "file"
	}
	if len(s) <= maxName {
		return s
	}
	ext := ""
	if dot := strings.LastIndexByte(s, '.'); dot > 0 && len(s)-dot <= 16 { // longer ones are no extension
		ext = s[dot:]
	}
	cut := maxName - len(ext)
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimSpace(s[:cut]) + ext
}

// nameKey is what makes two names the same: case and the way accents are written
// do not count.
func nameKey(s string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(s)))
}

// nameSort is a key whose bytes stand in the natural order of names: a run of
// digits counts as a number, so episode 2 comes before episode 10. A number is
// written as its length in three digits and its digits without leading zeros; a
// longer number is a larger one.
func nameSort(s string) string {
	s = nameKey(s)
	var b strings.Builder
	for i := 0; i < len(s); {
		end := i
		for end < len(s) && '0' <= s[end] && s[end] <= '9' {
			end++
		}
		if end == i {
			b.WriteByte(s[i])
			i++
			continue
		}
		digits := strings.TrimLeft(s[i:end], "0")
		n := len(digits)
		b.WriteByte('0' + byte(n/100%10))
		b.WriteByte('0' + byte(n/10%10))
		b.WriteByte('0' + byte(n%10))
		b.WriteString(digits)
		i = end
	}
	return b.String()
}

// like is a pattern for LIKE … ESCAPE '\' that finds part in a name_key.
func like(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(nameKey(part)) + "%"
}

package bot

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/teleplay/teleplay"
)

const (
	// nameBytes is the longest file name that is kept, as most file systems have it.
	nameBytes = 255
	// buttonRunes is what a phone shows of a button's text.
	buttonRunes = 48
)

// plain makes a sender's text harmless to show: no control characters, and none
// of the marks that turn the direction of what follows (Unicode UAX #9).
func plain(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r), unicode.IsControl(r) && r != '\n' && r != '\t':
			return -1
		case r == '\n', r == '\t':
			return ' '
		}
		return r
	}, s))
}

// clean is plain for a name that is stored: white space folded, as long as a file
// name may be.
func clean(s string) string {
	return cut(strings.Join(strings.Fields(plain(s)), " "), "")
}

// cut shortens a name to nameBytes, at a rune, keeping its extension.
func cut(s, ext string) string {
	if len(s) <= nameBytes {
		return s
	}
	if len(ext) > nameBytes/2 || !strings.HasSuffix(s, ext) {
		ext = ""
	}
	n := nameBytes - len(ext)
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimSpace(s[:n]) + ext
}

// short is a name as a button shows it: its beginning and its end.
func short(s string) string {
	r := []rune(s)
	if len(r) <= buttonRunes {
		return s
	}
	const tail = 12
	return string(r[:buttonRunes-tail-1]) + "…" + string(r[len(r)-tail:])
}

// utf16Len is how Telegram counts an entity's length.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// size is n bytes for people, in binary units with the names that people use.
func size(n int64) string {
	if n < 1<<10 {
		return count(int(n), "byte")
	}
	f, units := float64(n)/(1<<10), []string{"KB", "MB", "GB"}
	for len(units) > 1 && f >= 1023.5 {
		f, units = f/(1<<10), units[1:]
	}
	if f < 10 {
		return fmt.Sprintf("%.1f %s", f, units[0])
	}
	return fmt.Sprintf("%.0f %s", f, units[0])
}

// length is a duration in seconds as players show it.
func length(seconds float64) string {
	s := int(seconds + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func strangerText(user int64) string {
	return fmt.Sprintf("This library is private. Its owner can let you in: your Telegram id is %d.", user)
}

// fit cuts a message to what Telegram takes. Entities beyond the end go.
func fit(m teleplay.Outgoing) teleplay.Outgoing {
	if utf16Len(m.Text) <= textMost {
		return m
	}
	n, end := 0, 0
	for i, r := range m.Text {
		if n += utf16.RuneLen(r); n >= textMost {
			end = i
			break
		}
	}
	m.Text = m.Text[:end] + "…"
	m.Entities = slices.DeleteFunc(slices.Clone(m.Entities), func(e teleplay.Entity) bool { return e.Offset+e.Length > utf16Len(m.Text) })
	return m
}

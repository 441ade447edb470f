package api

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/teleplay/teleplay"
)

const octets = "application/octet-stream"

// byExtension is the type of a file that came without one: senders' apps leave it
// out, and an MKV "sent as file" must play. Video and audio alone, and the images
// that are shown.
var byExtension = map[string]string{
	".3gp": "video/3gpp", ".avi": "video/x-msvideo", ".flv": "video/x-flv", ".m2ts": "video/mp2t", ".m4v": "video/x-m4v",
	".mkv": "video/x-matroska", ".mov": "video/quicktime", ".mp4": "video/mp4", ".mpeg": "video/mpeg", ".mpg": "video/mpeg",
	".ogv": "video/ogg", ".ts": "video/mp2t", ".webm": "video/webm", ".wmv": "video/x-ms-wmv",
	".aac": "audio/aac", ".flac": "audio/flac", ".m4a": "audio/mp4", ".mka": "audio/x-matroska", ".mp3": "audio/mpeg",
	".oga": "audio/ogg", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav", ".wma": "audio/x-ms-wma",
	".avif": "image/avif", ".gif": "image/gif", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp",
}

// mediaType is the Content-Type of a file's bytes and whether a browser may show
// them. Name and MIME come from the sender, so only exact types pass; everything
// else is octets to be saved.
func mediaType(f teleplay.File) (mime string, inline bool) {
	mime = strings.ToLower(f.MIME)
	if mime == "" || mime == octets {
		mime = byExtension[strings.ToLower(path.Ext(f.Name))]
	}
	switch kind, sub, _ := strings.Cut(mime, "/"); kind {
	case "video", "audio":
		if token(sub) {
			return mime, true
		}
	case "image":
		switch sub {
		case "jpeg", "png", "gif", "webp", "avif":
			return mime, true
		}
	}
	return octets, false
}

// token is RFC 9110 §5.6.2's.
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}

// longestFileName bounds a name in a header, in bytes.
const longestFileName = 255

// disposition is Content-Disposition after RFC 6266: an ASCII name for old
// clients and the true one in UTF-8 percent-encoding.
func disposition(name string, inline bool) string {
	name = safeName(name)
	kind := "attachment"
	if inline {
		kind = "inline"
	}
	var ascii, utf strings.Builder
	for _, r := range name {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			ascii.WriteByte('_')
		} else {
			ascii.WriteRune(r)
		}
	}
	const hex = "0123456789ABCDEF"
	for i := range len(name) {
		c := name[i]
		// RFC 8187 §3.2.1: attr-char stands for itself.
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			utf.WriteByte(c)
		} else {
			utf.WriteByte('%')
			utf.WriteByte(hex[c>>4])
			utf.WriteByte(hex[c&15])
		}
	}
	return kind + `; filename="` + ascii.String() + `"; filename*=UTF-8''` + utf.String()
}

// safeName takes out what could break a header, name another folder or turn the
// text around, and keeps the ending when it has to shorten.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '/' || r == '\\':
			return '_'
		case unicode.IsControl(r), r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, name)
	if strings.Trim(name, ". ") == "" {
		return "file"
	}
	if len(name) <= longestFileName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	cut := longestFileName - len(ext)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + ext
}

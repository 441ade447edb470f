package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The types below read one setting each. Their errors complete the sentence "NAME
// …" and never repeat the value, which may be a secret in the wrong place.

// reason is such an error.
type reason string

func (r reason) Error() string { return string(r) }

func reasonOf(err error) string {
	var r reason
	if errors.As(err, &r) {
		return string(r)
	}
	return "cannot be read"
}

// secret hides itself in logs and prints.
type secret string

func (secret) String() string       { return "***" }
func (secret) LogValue() slog.Value { return slog.StringValue("***") }

type apiID int

func (v *apiID) UnmarshalText(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 32)
	if err != nil || n <= 0 {
		return reason("is not a number above 0")
	}
	*v = apiID(n)
	return nil
}

type channelID int64

func (v *channelID) UnmarshalText(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || !strings.HasPrefix(string(b), "-100") || n > -1000000000001 {
		return reason("is not a channel's id: it starts with -100, like -1001234567890")
	}
	*v = channelID(n)
	return nil
}

var tokenShape = regexp.MustCompile(`^[0-9]{1,19}:[A-Za-z0-9_-]{10,}$`)

type botToken string

func (botToken) String() string       { return "***" }
func (botToken) LogValue() slog.Value { return slog.StringValue("***") }

// bot is the id of the bot that the token logs in.
func (v botToken) bot() int64 {
	id, _, _ := strings.Cut(string(v), ":")
	n, _ := strconv.ParseInt(id, 10, 64) // its shape is checked
	return n
}

func (v *botToken) UnmarshalText(b []byte) error {
	if !tokenShape.Match(b) || botToken(b).bot() == 0 {
		return reason("is not a bot's token: it looks like 123456789:AAE…, as @BotFather gives it")
	}
	*v = botToken(b)
	return nil
}

type botTokens []botToken

func (v *botTokens) UnmarshalText(b []byte) error {
	for part := range strings.SplitSeq(string(b), ",") {
		var t botToken
		if t.UnmarshalText([]byte(strings.TrimSpace(part))) != nil {
			return reason("has an entry that is not a bot's token: separate tokens by commas")
		}
		if slices.ContainsFunc(*v, func(o botToken) bool { return o.bot() == t.bot() }) {
			return reason("names one bot twice")
		}
		*v = append(*v, t)
	}
	return nil
}

type jwtSecret string

func (jwtSecret) String() string       { return "***" }
func (jwtSecret) LogValue() slog.Value { return slog.StringValue("***") }

// knownSecrets are values that stand in other people's examples.
var knownSecrets = []string{"change-me-in-production", "your-super-secret-key"}

func (v *jwtSecret) UnmarshalText(b []byte) error {
	for _, k := range knownSecrets {
		if strings.HasPrefix(string(b), k) {
			return reason("is an example's value that everybody knows: make one with openssl rand -hex 32")
		}
	}
	if len(b) < 32 {
		return reason("is shorter than 32 bytes: make one with openssl rand -hex 32")
	}
	*v = jwtSecret(b)
	return nil
}

type sqliteURL string

func (v *sqliteURL) UnmarshalText(b []byte) error {
	path, ok := strings.CutPrefix(string(b), "sqlite:///")
	if !ok || path == "" {
		return reason("is not sqlite:///PATH, the only kind this version can use")
	}
	*v = sqliteURL(b)
	return nil
}

type origin string

func (v *origin) UnmarshalText(b []byte) error {
	u, err := url.Parse(strings.TrimSuffix(string(b), "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return reason("is not an origin like https://films.example.org")
	}
	*v = origin(u.Scheme + "://" + u.Host)
	return nil
}

type origins []string

func (v *origins) UnmarshalText(b []byte) error {
	for part := range strings.SplitSeq(string(b), ",") {
		var o origin
		if o.UnmarshalText([]byte(strings.TrimSpace(part))) != nil {
			return reason("has an entry that is not an origin like https://films.example.org")
		}
		*v = append(*v, string(o))
	}
	return nil
}

type userIDs []int64

// UnmarshalText refuses the whole list for one bad entry: a typo must never open
// the library to everybody.
func (v *userIDs) UnmarshalText(b []byte) error {
	for part := range strings.SplitSeq(string(b), ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil || n <= 0 {
			return reason("has an entry that is not a Telegram user's id: numbers separated by commas")
		}
		*v = append(*v, n)
	}
	return nil
}

type minutes struct {
	n   int
	cut bool
}

func (v *minutes) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(string(b))
	if err != nil || n < 1 {
		return reason("is not a number of minutes")
	}
	*v = minutes{min(n, 1440), n > 1440}
	return nil
}

// lanes is how many connections one bot may have to one data centre.
type lanes int

func (v *lanes) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(string(b))
	if err != nil || n < 1 || n > 32 {
		return reason("must be a number from 1 to 32")
	}
	*v = lanes(n)
	return nil
}

type port int

func (v *port) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 16)
	if err != nil || n == 0 {
		return reason("is not a port from 1 to 65535")
	}
	*v = port(n)
	return nil
}

type byteSize int64

var units = map[string]int64{"": 1, "B": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}

func (v *byteSize) UnmarshalText(b []byte) error {
	s := strings.TrimSpace(string(b))
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, err := strconv.ParseInt(s[:digits], 10, 64)
	unit, ok := units[strings.ToUpper(strings.TrimSpace(s[digits:]))]
	if err != nil || !ok || n > (1<<50)/unit {
		return reason("is not a size like 512MiB or 2GiB")
	}
	if n*unit < 64<<20 {
		return reason("is below 64MiB, too little for one viewer")
	}
	*v = byteSize(n * unit)
	return nil
}

type prefixes []netip.Prefix

func (v *prefixes) UnmarshalText(b []byte) error {
	for part := range strings.SplitSeq(string(b), ",") {
		p, err := netip.ParsePrefix(strings.TrimSpace(part))
		if err != nil {
			return reason("has an entry that is not a network like 10.0.0.0/8")
		}
		*v = append(*v, p.Masked())
	}
	return nil
}

// legacyApps says whether old apps may log in by a bare code.
type legacyApps bool

func (v *legacyApps) UnmarshalText(b []byte) error {
	switch string(b) {
	case "code":
		*v = true
	case "off":
		*v = false
	default:
		return reason("is neither code nor off")
	}
	return nil
}

var dcShape = regexp.MustCompile(`^[1-9][0-9]{0,3}=.+:[0-9]{1,5}$`)

type dcAddress string

func (v *dcAddress) UnmarshalText(b []byte) error {
	p := b[bytes.LastIndexByte(b, ':')+1:]
	if !dcShape.Match(b) || new(port).UnmarshalText(p) != nil {
		return reason("is not ID=HOST:PORT")
	}
	*v = dcAddress(b)
	return nil
}

// publicKeys are the RSA keys of another MTProto server, from a PEM file.
type publicKeys []*rsa.PublicKey

func (v *publicKeys) UnmarshalText(b []byte) error {
	rest, err := os.ReadFile(string(b))
	if err != nil {
		return reason("names a file that cannot be read")
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		k, err := x509.ParsePKCS1PublicKey(block.Bytes)
		if err != nil {
			any, err := x509.ParsePKIXPublicKey(block.Bytes)
			if err != nil {
				return reason("names a file with something else than RSA public keys")
			}
			var ok bool
			if k, ok = any.(*rsa.PublicKey); !ok {
				return reason("names a file with something else than RSA public keys")
			}
		}
		*v = append(*v, k)
	}
	if len(*v) == 0 {
		return reason("names a file without a PEM public key")
	}
	return nil
}

type logLevel slog.Level

func (v *logLevel) UnmarshalText(b []byte) error {
	if (*slog.Level)(v).UnmarshalText(b) != nil {
		return reason("is none of debug, info, warn, error")
	}
	return nil
}

type logFormat string

func (v *logFormat) UnmarshalText(b []byte) error {
	if s := string(b); s != "text" && s != "json" {
		return reason("is neither text nor json")
	}
	*v = logFormat(b)
	return nil
}

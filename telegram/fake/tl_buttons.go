package fake

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gotd/td/tg"
)

func tlButtons(rows [][]button) *tg.ReplyInlineMarkup {
	t := &tg.ReplyInlineMarkup{}
	for _, row := range rows {
		var r tg.KeyboardButtonRow
		for _, b := range row {
			style := tg.KeyboardButtonStyle{BgPrimary: b.Style == stylePrimary, BgDanger: b.Style == styleDanger, BgSuccess: b.Style == styleSuccess}
			switch {
			case b.URL != "":
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonURL{Style: style, Text: b.Text, URL: b.URL})
			case b.WebApp != "":
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonWebView{Style: style, Text: b.Text, URL: b.WebApp})
			default:
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonCallback{Style: style, Text: b.Text, Data: b.bytes()})
			}
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// Colours that a bot may give a button.
const (
	stylePrimary = "primary"
	styleDanger  = "danger"
	styleSuccess = "success"
)

// styled gives a button its colour; there are no icons.
func styled(b button, s tg.KeyboardButtonStyle) (button, error) {
	switch {
	case s.Icon != 0:
		return b, errNotBuilt
	case s.BgPrimary:
		b.Style = stylePrimary
	case s.BgDanger:
		b.Style = styleDanger
	case s.BgSuccess:
		b.Style = styleSuccess
	}
	return b, nil
}

// maxButtons is how many a keyboard may have.
const maxButtons = 100

// fromMarkup checks a bot's keyboard. Inline ones are known; nil = none. private
// says that it stands in a person's chat.
func fromMarkup(m tg.ReplyMarkupClass, private bool) ([][]button, error) {
	if m == nil {
		return nil, nil
	}
	inline, ok := m.(*tg.ReplyInlineMarkup)
	if !ok {
		return nil, errNotBuilt
	}
	var rows [][]button
	count := 0
	for _, r := range inline.Rows {
		var row []button
		for _, b := range r.Buttons {
			n, err := fromButton(b)
			if err != nil {
				return nil, err
			}
			if n.WebApp != "" && !private {
				return nil, refuse(400, "BUTTON_TYPE_INVALID")
			}
			if count++; count > maxButtons {
				return nil, refuse(400, "REPLY_MARKUP_TOO_LONG")
			}
			if n.Text == "" {
				return nil, refuse(400, "BUTTON_INVALID")
			}
			row = append(row, n)
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func fromButton(b tg.KeyboardButtonClass) (button, error) {
	switch b := b.(type) {
	case *tg.KeyboardButtonCallback:
		n := button{Text: b.Text, Data: string(b.Data)}
		switch {
		case b.RequiresPassword:
			return n, errNotBuilt
		case len(b.Data) == 0 || len(b.Data) > 64:
			return n, refuse(400, "BUTTON_DATA_INVALID")
		case !utf8.Valid(b.Data):
			n.Data, n.DataBase64 = "", b.Data
		}
		return styled(n, b.Style)
	case *tg.KeyboardButtonURL:
		if err := checkURL(b.URL, false); err != nil {
			return button{}, err
		}
		return styled(button{Text: b.Text, URL: b.URL}, b.Style)
	case *tg.KeyboardButtonWebView:
		if err := checkURL(b.URL, true); err != nil {
			return button{}, err
		}
		return styled(button{Text: b.Text, WebApp: b.URL}, b.Style)
	}
	return button{}, errNotBuilt
}

// checkURL is Telegram's rule for the URL of a button: a scheme it knows and a
// host that is an address or has a dot in its name, so "localhost" is refused.
func checkURL(text string, web bool) error {
	bad := refuse(400, "BUTTON_URL_INVALID")
	u, err := url.Parse(text)
	if err != nil || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return bad
	}
	switch {
	case u.Scheme == "tg" && !web && u.Host != "":
		return nil
	case u.Scheme != "https" && (web || u.Scheme != "http"), u.User != nil, !hostTaken(u.Hostname()):
		return bad
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return bad
		}
	}
	return nil
}

func hostTaken(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 {
			return false
		}
	}
	return len(labels) > 1
}

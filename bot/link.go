package bot

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/teleplay/teleplay"
)

// withLink adds a way to a page of the web app: a button, or where Telegram takes
// no such button, the address in words. Buttons must lead to an address or to a
// host with a dot in its name, which localhost is not (BUTTON_URL_INVALID).
func (b *Bot) withLink(m teleplay.Outgoing, text, page string) teleplay.Outgoing {
	link := b.o.WebBase + page
	if b.buttonLinks {
		m.Buttons = append(m.Buttons, []teleplay.Button{{Text: text, URL: link}})
		return m
	}
	m.Text += "\n\n" + text + ": " + link
	return m
}

// buttonTakes says whether a button may lead to base.
func buttonTakes(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return true
	}
	return strings.Contains(strings.Trim(u.Hostname(), "."), ".")
}

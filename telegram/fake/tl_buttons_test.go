package fake

import (
	"testing"

	"github.com/gotd/td/tg"
)

func TestButtons(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	random := int64(0)
	say := func(to tg.InputPeerClass, rows ...[]button) error {
		random++
		r := &tg.MessagesSendMessageRequest{Peer: to, Message: "x", RandomID: random}
		r.SetReplyMarkup(tlButtons(rows))
		_, err := do[*tg.Updates](b, mainBot, 2, r)
		return err
	}
	link := func(url string) []button { return []button{{Text: "A", URL: url}} }
	for _, url := range []string{
		"https://.", "https://exa mple.\x00/", "tg://", "http://user@localhost.:8000/", "http://localhost:8000?x=.", "http://nas.:80", "https://a..b",
		"https://example.org:99999/", "ftp://example.org", "javascript://example.org", "https:///x.y", "https://user@example.org", "/",
	} {
		if err := say(toPerson(), link(url)); err == nil || err.Error() != refuse(400, "BUTTON_URL_INVALID").Error() {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, url := range []string{"http://127.0.0.1:8000/auth#k=x", "https://tv.example/watch/1", "http://[::1]:8000", "tg://resolve?domain=x"} {
		if err := say(toPerson(), link(url)); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
	var rows [][]button
	for range 100 {
		rows = append(rows, []button{{Text: "A", Data: "a"}})
	}
	if err := say(toPerson(), rows...); err != nil {
		t.Errorf("100 buttons: %v", err)
	}
	refused(t, say(toPerson(), append(rows, rows[0])...), 400, "REPLY_MARKUP_TOO_LONG")
	app := []button{{Text: "A", WebApp: "https://example.org"}}
	if err := say(toPerson(), app); err != nil {
		t.Error(err)
	}
	refused(t, say(inputChannel(b, mainBot), app), 400, "BUTTON_TYPE_INVALID")
}

package fake

import (
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestButtonColours: a button keeps its colour, and what else may be said of a
// button is refused.
func TestButtonColours(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	want := [][]button{{{Text: "a", Data: "x"}, {Text: "b", Data: "x", Style: stylePrimary}},
		{{Text: "c", URL: "https://a.b", Style: styleDanger}, {Text: "d", WebApp: "https://a.b", Style: styleSuccess}}}
	say := func(random int64, m *tg.ReplyInlineMarkup) (*tg.Updates, error) {
		r := &tg.MessagesSendMessageRequest{Peer: toPerson(), Message: "x", RandomID: random}
		r.SetReplyMarkup(m)
		return do[*tg.Updates](b, mainBot, 2, r)
	}
	sent := must(say(1, tlButtons(want)))(t).Updates[1].(*tg.UpdateNewMessage).Message.(*tg.Message)
	if diff := cmp.Diff(tlButtons(want), sent.ReplyMarkup); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, must(b.chat(t.Context(), person, mainBot, 1, 0))(t).Messages[0].Buttons); diff != "" {
		t.Error(diff)
	}
	for i, k := range []tg.KeyboardButtonClass{
		&tg.KeyboardButtonCallback{Text: "a", Data: []byte("x"), RequiresPassword: true},
		&tg.KeyboardButtonCallback{Text: "a", Data: []byte("x"), Style: tg.KeyboardButtonStyle{Icon: 5}},
	} {
		_, err := say(int64(2+i), &tg.ReplyInlineMarkup{Rows: []tg.KeyboardButtonRow{{Buttons: []tg.KeyboardButtonClass{k}}}})
		refused(t, err, 400, "NOT_IMPLEMENTED")
	}
}

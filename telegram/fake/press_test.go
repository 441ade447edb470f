package fake

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

func TestPress(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Text: "/web"}))(t)
	r := &tg.MessagesSendMessageRequest{Peer: &tg.InputPeerUser{UserID: person}, Message: "press", RandomID: 1}
	r.SetReplyMarkup(tlButtons([][]button{{{Text: "A", Data: "data-a"}, {Text: "U", URL: "https://example.org"}}}))
	must(do[*tg.Updates](b, mainBot, 2, r))(t)
	answer := func(id int64) error {
		_, err := do[bin.Encoder](b, mainBot, 2, &tg.MessagesSetBotCallbackAnswerRequest{QueryID: id, Message: "done", Alert: true})
		return err
	}
	text, data := "U", "data-a"
	if v := must(b.press(t.Context(), person, mainBot, press{Message: 2, Text: &text}))(t); v.URL != "https://example.org" || v.Answered != nil {
		t.Errorf("a URL button gives %+v", v)
	}
	asked := make(chan int64)
	b.world.push = func(_, _ int64, u tg.UpdatesClass) {
		if q, ok := u.(*tg.Updates).Updates[0].(*tg.UpdateBotCallbackQuery); ok {
			go func() { asked <- q.QueryID }()
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- answer(<-asked) }()
	v := must(b.press(t.Context(), person, mainBot, press{Message: 2, Data: &data, Wait: span(time.Minute)}))(t)
	if err := <-failed; err != nil || !*v.Answered || v.Answer.Text != "done" || !v.Answer.Alert {
		t.Fatalf("%v, the user saw %+v", err, v)
	}
	refused(t, answer(v.Query), 400, "QUERY_ID_INVALID")
	if c := must(b.chat(t.Context(), person, mainBot, 2, 0))(t); len(c.Answers) != 1 || c.Answers[0].Data != data {
		t.Errorf("answers %+v", c.Answers)
	}
	v = must(b.press(t.Context(), person, mainBot, press{Message: 2, Row: new(int), Column: new(int)}))(t)
	if id := <-asked; *v.Answered || id != v.Query {
		t.Errorf("nobody answered, but %+v", v)
	}
	b.now = b.now.Add(30 * time.Second)
	refused(t, answer(v.Query), 400, "QUERY_ID_INVALID")
}

func TestLoginLink(t *testing.T) {
	b := newBench(t, Options{})
	b.world.push = func(account, _ int64, u tg.UpdatesClass) {
		if m, ok := u.(*tg.Updates).Updates[0].(*tg.UpdateNewMessage); !ok || m.Message.(*tg.Message).Message != "/web" {
			return
		}
		go func() {
			r := &tg.MessagesSendMessageRequest{Peer: &tg.InputPeerUser{UserID: person}, Message: "here", RandomID: 1}
			r.SetReplyMarkup(tlButtons([][]button{{{Text: "Open", URL: "http://127.0.0.1:8000/auth#k=x"}}}))
			_, _ = do[*tg.Updates](b, account, 2, r)
		}()
	}
	if url := must(b.login(t.Context(), 0, 0))(t); url != "http://127.0.0.1:8000/auth#k=x" {
		t.Errorf("the link is %q", url)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	b.world.push = func(int64, int64, tg.UpdatesClass) {}
	if _, err := b.login(ended, 0, 0); !errors.Is(err, teleplay.ErrUnavailable) {
		t.Errorf("a bot that is silent: %v", err)
	}
}

func TestURLOfAnswer(t *testing.T) {
	b := newBench(t, Options{})
	answer := func(url string) error {
		var q *callback
		if err := b.change(func() error { q = b.ask(person, mainBot, 1, nil); return nil }); err != nil {
			t.Fatal(err)
		}
		_, err := do[bin.Encoder](b, mainBot, 2, &tg.MessagesSetBotCallbackAnswerRequest{QueryID: q.id, URL: url})
		return err
	}
	for _, url := range []string{"http://evil.example", "https://t.me/other_bot?start=x", "https://t.me/teleplay_bot", "https://t.me/teleplay_bot?start=a%20b", "t.me/teleplay_bot?start=x"} {
		refused(t, answer(url), 400, "URL_INVALID")
	}
	for _, url := range []string{"https://t.me/teleplay_bot?start=x-1", "tg://resolve?domain=teleplay_bot&start=x"} {
		if err := answer(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}

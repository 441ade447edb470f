package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram/fake"
)

func TestTalk(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, _ := w.mainBot(marks{})
	in := begun(t, b)
	user := w.info.Users[0].ID
	asked := w.says(object{"text": "hello"})
	in.next(t)
	m := teleplay.Outgoing{Text: "Saved.", ReplyTo: asked, Entities: []teleplay.Entity{{Kind: "bold", Length: 5}},
		Buttons: [][]teleplay.Button{{{Text: "Open", URL: "https://example.org/"}, {Text: "Yes", Data: "yes:1"}}}}
	id, err := b.Send(t.Context(), user, m, 42)
	if err != nil || id == 0 {
		t.Fatalf("message %d, %v", id, err)
	}
	if again, err := b.Send(t.Context(), user, m, 42); err != nil || again != 0 && again != id {
		t.Errorf("again: message %d, %v", again, err)
	}
	var chat struct {
		Messages []struct {
			ID       int32
			From     int64
			Text     string
			ReplyTo  int32 `json:"reply_to"`
			Entities []struct{ Type string }
			Buttons  [][]struct{ Text, Data, URL string }
		}
		Answers []struct{ Text string }
	}
	read := func() {
		t.Helper()
		w.control("GET", w.chat(), nil, &chat)
	}
	read()
	if n := len(chat.Messages); n != 2 {
		t.Fatalf("%d messages in the chat", n)
	}
	last := chat.Messages[1]
	if last.ID != id || last.Text != "Saved." || last.ReplyTo != asked || len(last.Entities) != 1 || len(last.Buttons[0]) != 2 {
		t.Errorf("got %+v", last)
	}
	for range 2 {
		if err := b.Edit(t.Context(), user, id, teleplay.Outgoing{Text: "Saved!", Buttons: m.Buttons}); err != nil {
			t.Error(err)
		}
	}
	var pressed struct{ Answered bool }
	var pressing sync.WaitGroup
	pressing.Go(func() {
		w.control("POST", w.chat()+"/press", object{"message_id": id, "data": "yes:1"}, &pressed)
	})
	var p teleplay.Press
	select {
	case p = <-b.Presses():
	case <-time.After(patience):
		t.Fatal("no press")
	}
	if p.Data != "yes:1" || p.From.ID != user || p.Message != id || p.From.FirstName == "" {
		t.Errorf("got %+v", p)
	}
	if err := b.Answer(t.Context(), p.Query, "Done", true); err != nil {
		t.Error(err)
	}
	if pressing.Wait(); !pressed.Answered {
		t.Error("the press was not answered")
	}
	if err := b.Answer(t.Context(), p.Query+1, "", false); err != nil {
		t.Errorf("a dead press: %v", err)
	}
	read()
	if len(chat.Answers) != 1 || chat.Answers[0].Text != "Done" || chat.Messages[1].Text != "Saved!" {
		t.Errorf("got %+v", chat)
	}
	if err := b.SetCommands(t.Context(), []teleplay.Command{{Name: "help", Description: "What I can do"}}); err != nil {
		t.Error(err)
	}
	if n := len(w.calls("messages.sendMessage")); n != 2 {
		t.Errorf("%d messages sent", n)
	}
	// Our own messages leave no gap: nobody asks for a difference.
	before := len(w.calls("updates.getDifference"))
	w.says(object{"text": "next"})
	if u := in.next(t); u.Text != "next" {
		t.Errorf("got %+v", u)
	}
	if n := len(w.calls("updates.getDifference")) - before; n != 0 {
		t.Errorf("%d differences", n)
	}
}

func TestStore(t *testing.T) {
	for _, setting := range []string{"error", "repeat"} {
		t.Run(setting, func(t *testing.T) {
			w := newWorld(t, fake.Options{Bots: 2})
			w.control("PATCH", "/settings", object{"random_id_duplicate": setting}, nil)
			for seed := range uint32(300) { // a library from before
				w.post(synthetic(seed, 10))
			}
			b, _ := w.mainBot(marks{})
			in := begun(t, b)
			user := w.info.Users[0].ID
			id := w.says(object{"media": synthetic(1000, 5000)})
			u := in.next(t)
			stored, err := b.Store(t.Context(), user, id, u.Media.Document, 77)
			if err != nil || stored.Message != 301 || stored.Date.IsZero() {
				t.Fatalf("stored %+v, %v", stored, err)
			}
			again, err := b.Store(t.Context(), user, id, u.Media.Document, 77)
			if err != nil || !cmp.Equal(again, stored) {
				t.Errorf("again %+v, %v", again, err)
			}
			fresh, _ := w.mainBot(marks{}) // a new process knows no newest message
			again, err = fresh.Store(t.Context(), user, id, u.Media.Document, 77)
			if err != nil || !cmp.Equal(again, stored) {
				t.Errorf("after a restart %+v, %v", again, err)
			}
			var page struct {
				Last int32 `json:"last_id"`
			}
			w.control("GET", fmt.Sprintf("/channels/%d/messages?limit=1", w.info.Channels[0].ID), nil, &page)
			if page.Last != 301 {
				t.Errorf("last message %d", page.Last)
			}
			if err := b.Delete(t.Context(), []int32{stored.Message, stored.Message + 50}); err != nil {
				t.Error(err)
			}
			_, err = b.Store(t.Context(), user, id+100, 1, 78)
			if !errors.Is(err, teleplay.ErrNotFound) {
				t.Errorf("a message that is not there: %v", err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, _ := w.mainBot(marks{})
	in := begun(t, b)
	user := w.info.Users[0].ID
	code := func(err error) string {
		var e *teleplay.Error
		if !errors.As(err, &e) || !errors.Is(err, teleplay.ErrDenied) {
			return fmt.Sprint(err)
		}
		return e.Code
	}
	id := w.says(object{"media": synthetic(1, 10), "protected": true})
	u := in.next(t)
	if _, err := b.Store(t.Context(), user, id, u.Media.Document, 1); code(err) != "protected" {
		t.Errorf("protected: %v", err)
	}
	w.control("PATCH", fmt.Sprintf("/bots/%d", w.info.Bots[0].ID), object{"rights": []string{}}, nil)
	id = w.says(object{"media": synthetic(2, 10)})
	u = in.next(t)
	if _, err := b.Store(t.Context(), user, id, u.Media.Document, 2); code(err) != "channel_admin_required" {
		t.Errorf("no right: %v", err)
	}
	w.control("PATCH", w.chat(), object{"blocked": true}, nil)
	if _, err := b.Send(t.Context(), user, teleplay.Outgoing{Text: "hi"}, 3); code(err) != "blocked" {
		t.Errorf("blocked: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Send(ctx, user, teleplay.Outgoing{Text: "hi"}, 4); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

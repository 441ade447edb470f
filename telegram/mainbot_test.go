package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// chat is the main bot's private chat with the first user.
func (w *world) chat() string {
	return fmt.Sprintf("/users/%d/chats/%d", w.info.Users[0].ID, w.info.Bots[0].ID)
}

// says sends a letter from the first user to the main bot.
func (w *world) says(letter object) int32 {
	w.t.Helper()
	var answer struct{ Messages []struct{ ID int32 } }
	w.control("POST", w.chat()+"/messages", letter, &answer)
	return answer.Messages[0].ID
}

// inbox reads a bot's updates as the product does: what is not after the stored
// mark's messages is known already.
type inbox struct {
	bot  *telegram.MainBot
	mark teleplay.Mark
	seen map[string]bool
}

// next is the next update that is new.
func (i *inbox) next(t *testing.T) teleplay.Update {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case u := <-i.bot.Updates():
			if u.Mark.PTS < i.mark.PTS {
				t.Errorf("mark %d after %d", u.Mark.PTS, i.mark.PTS)
			}
			i.mark = u.Mark
			key := fmt.Sprint(u.Message, u.Edited, u.Text)
			if u.Message == 0 || i.seen[key] {
				continue
			}
			if i.seen == nil {
				i.seen = map[string]bool{}
			}
			i.seen[key] = true
			return u
		case <-late:
			t.Fatal("no update")
		}
	}
}

// mainBot runs the main bot from a mark.
func (w *world) mainBot(m marks) (b *telegram.MainBot, stop func()) {
	w.t.Helper()
	b = telegram.NewMainBot(w.options(w.keys(1)), w.info.Bots[0].Token, m)
	stop = background(w.t, "main bot", b.Run)
	if _, err := b.Self(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return b, stop
}

// begun waits for the mark of the very first start.
func begun(t *testing.T, b *telegram.MainBot) *inbox {
	t.Helper()
	select {
	case u := <-b.Updates():
		return &inbox{bot: b, mark: u.Mark}
	case <-time.After(patience):
		t.Fatal("no first mark")
		return nil
	}
}

func TestUpdates(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, _ := w.mainBot(marks{})
	in := begun(t, b)
	user := w.info.Users[0].ID

	id := w.says(object{"text": "/start ABC"})
	u := in.next(t)
	if u.Text != "/start ABC" || u.From.ID != user || u.From.FirstName == "" || u.Message != id || u.Media != nil || u.Date.IsZero() {
		t.Errorf("got %+v", u)
	}
	id = w.says(object{"text": "a film", "protected": true, "reply_to": id, "media": object{
		"kind": "video", "source": object{"seed": 3, "size": 12345}, "thumb": object{"seed": 4},
		"file_name": "film.mp4", "mime_type": "video/mp4", "duration": 61.5, "width": 1280, "height": 720}})
	u = in.next(t)
	if u.Message != id || u.Text != "a film" || !u.Locked || u.ReplyTo == 0 || u.Media == nil {
		t.Fatalf("got %+v", u)
	}
	if m := *u.Media; m.Kind != teleplay.MediaVideo || m.Size != 12345 || m.FileName != "film.mp4" || m.MIME != "video/mp4" ||
		m.Duration != 61.5 || m.Width != 1280 || m.Height != 720 || m.Document == 0 || m.DC == 0 || !m.Thumb {
		t.Errorf("got %+v", m)
	}
	w.control("PATCH", w.chat()+"/messages/"+strconv.Itoa(int(id)), object{"text": "a good film"}, nil)
	if u = in.next(t); !u.Edited || u.Message != id || u.Text != "a good film" {
		t.Errorf("got %+v", u)
	}
	kinds := map[string]teleplay.MediaKind{"audio": teleplay.MediaAudio, "voice": teleplay.MediaVoice, "document": teleplay.MediaDocument,
		"photo": teleplay.MediaPhoto, "animation": teleplay.MediaAnimation, "video_note": teleplay.MediaVideoNote}
	for kind, want := range kinds {
		w.says(object{"media": object{"kind": kind, "source": object{"seed": 5, "size": 4000}, "duration": 2, "width": 64, "height": 64}})
		if u := in.next(t); u.Media == nil || u.Media.Kind != want {
			t.Errorf("%s: got %+v", kind, u.Media)
		}
	}
	w.control("POST", w.chat()+"/messages", object{"album": []object{
		{"media": synthetic(1, 10)}, {"media": synthetic(2, 10)}}}, nil)
	one, two := in.next(t), in.next(t)
	if one.Album == 0 || one.Album != two.Album || one.Message >= two.Message {
		t.Errorf("album %d, %d", one.Album, two.Album)
	}
}

func TestUpdatesOverARestart(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	w.control("PATCH", "/settings", object{"difference_slice": 3}, nil)
	b, stop := w.mainBot(marks{})
	in := begun(t, b)
	var sent, got []string
	say := func(n int) {
		for range n {
			text := fmt.Sprint("message ", len(sent))
			w.says(object{"text": text})
			sent = append(sent, text)
		}
	}
	hear := func(n int) {
		for range n {
			got = append(got, in.next(t).Text)
		}
	}
	say(5)
	hear(4) // the fifth is not finished when the process ends
	stop()
	say(10)
	b, stop = w.mainBot(marks{in.mark, true})
	in.bot = b
	hear(8)
	stop()
	say(4)
	b, _ = w.mainBot(marks{in.mark, true})
	in.bot = b
	hear(7)
	say(3)
	hear(3)
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error(diff)
	}
	w.says(object{"text": "last"}) // and its Mark is a live one
	if u := in.next(t); u.Text != "last" {
		t.Errorf("got %+v", u)
	}
}

func TestEditsInADifference(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, stop := w.mainBot(marks{})
	in := begun(t, b)
	stop()
	id := w.says(object{"text": "one"})
	w.says(object{"text": "two"})
	w.control("PATCH", w.chat()+"/messages/"+strconv.Itoa(int(id)), object{"text": "one, edited"}, nil)
	b, _ = w.mainBot(marks{in.mark, true})
	in.bot = b
	var got []string // the difference has messages as they are now, then the edits
	for range 3 {
		u := in.next(t)
		got = append(got, fmt.Sprint(u.Text, u.Edited))
	}
	if diff := cmp.Diff([]string{"one, editedfalse", "twofalse", "one, editedtrue"}, got); diff != "" {
		t.Error(diff)
	}
	w.says(object{"text": "three"})
	if u := in.next(t); u.Text != "three" {
		t.Errorf("got %+v", u)
	}
}

func TestTooLongADifference(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, stop := w.mainBot(marks{})
	in := begun(t, b)
	stop()
	var sent, got []string
	for i := range 250 {
		text := fmt.Sprint("message ", i)
		w.says(object{"text": text})
		sent = append(sent, text)
	}
	w.control("PATCH", "/settings", object{"difference_too_long": true}, nil)
	b, _ = w.mainBot(marks{in.mark, true})
	in.bot = b
	for range sent {
		got = append(got, in.next(t).Text)
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error(diff)
	}
}

func TestALostConnectionLosesNoUpdate(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	b, _ := w.mainBot(marks{})
	in := begun(t, b)
	for i := range 3 {
		w.control("POST", "/connections/reset", object{}, nil)
		text := fmt.Sprint("after reset ", i)
		w.says(object{"text": text})
		if u := in.next(t); u.Text != text {
			t.Errorf("got %+v", u)
		}
	}
}

// TestAnsweringWhileUpdatesQueue: whoever reads Updates may send in between, however
// many wait.
func TestAnsweringWhileUpdatesQueue(t *testing.T) {
	const n = 300
	w := newWorld(t, fake.Options{Bots: 1})
	b, _ := w.mainBot(marks{})
	in := begun(t, b)
	var writing sync.WaitGroup
	defer writing.Wait()
	writing.Go(func() {
		for i := range n {
			w.says(object{"text": fmt.Sprint(i)})
		}
	})
	for i := range n {
		u := in.next(t)
		if u.Text != fmt.Sprint(i) {
			t.Fatalf("got %s, want %d", u.Text, i)
		}
		if id, err := b.Send(t.Context(), u.From.ID, teleplay.Outgoing{Text: "yes"}, int64(i+1)); err != nil || id == 0 {
			t.Fatalf("message %d, %v", id, err)
		}
	}
}

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

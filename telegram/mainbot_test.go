package telegram_test

import (
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
	b, stop = w.mainBot(marks{mark: in.mark, found: true})
	in.bot = b
	hear(8)
	stop()
	say(4)
	b, _ = w.mainBot(marks{mark: in.mark, found: true})
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
	b, _ = w.mainBot(marks{mark: in.mark, found: true})
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
	b, _ = w.mainBot(marks{mark: in.mark, found: true})
	in.bot = b
	for range sent {
		got = append(got, in.next(t).Text)
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error(diff)
	}
}

// TestMarkAheadOfTheBox: a Mark that the box never had, as after a restore, does
// not make the bot deaf.
func TestMarkAheadOfTheBox(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	w.says(object{"text": "before"})
	b, _ := w.mainBot(marks{mark: teleplay.Mark{PTS: 5000, Date: int(time.Now().Unix())}, found: true})
	late, anew := time.After(patience), false
	for _, want := range []string{"before", "after"} {
		if want == "after" {
			w.says(object{"text": want})
		}
		for got := ""; got != want; {
			select {
			case u := <-b.Updates():
				got, anew = u.Text, anew || u.Mark.Anew && u.Mark.PTS < 5000
			case <-late:
				t.Fatalf("%q did not come", want)
			}
		}
	}
	for !anew { // what a difference brought is followed by its Mark
		select {
		case u := <-b.Updates():
			anew = u.Mark.Anew && u.Mark.PTS < 5000
		case <-late:
			t.Fatal("the stored Mark stays ahead")
		}
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

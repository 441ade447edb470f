package bot_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/bot"
)

func TestEveryKindOfMediaIsKept(t *testing.T) {
	for _, c := range []struct {
		name    string
		media   teleplay.Media
		caption string
		want    string
		kind    teleplay.FileKind
	}{
		{"video", *film(), "", "film.mp4", teleplay.Video},
		{"caption wins", *film(), "The Long Night\nseen twice", "The Long Night.mp4", teleplay.Video},
		{"caption with extension", *film(), "night.MP4", "night.MP4", teleplay.Video},
		{"caption with slash", *film(), "AC/DC live", "AC-DC live.mp4", teleplay.Video},
		{"audio", teleplay.Media{Kind: teleplay.MediaAudio, FileName: "song.mp3", MIME: "audio/mpeg"}, "", "song.mp3", teleplay.Audio},
		{"audio by tags", teleplay.Media{Kind: teleplay.MediaAudio, MIME: "audio/mpeg", Title: "Steps", Performer: "The Oscillators"}, "", "The Oscillators - Steps.mp3", teleplay.Audio},
		{"voice", teleplay.Media{Kind: teleplay.MediaVoice, MIME: "audio/ogg"}, "", "voice 2026-03-01 20-41-00.ogg", teleplay.Audio},
		{"photo", teleplay.Media{Kind: teleplay.MediaPhoto, MIME: "image/jpeg"}, "Beach", "Beach.jpg", teleplay.Image},
		{"animation", teleplay.Media{Kind: teleplay.MediaAnimation, FileName: "cat.mp4", MIME: "video/mp4"}, "", "cat.mp4", teleplay.Video},
		{"video note", teleplay.Media{Kind: teleplay.MediaVideoNote, MIME: "video/mp4"}, "", "video_note 2026-03-01 20-41-00.mp4", teleplay.Video},
		{"mkv as file", teleplay.Media{Kind: teleplay.MediaDocument, FileName: "film.mkv", MIME: "application/octet-stream"}, "", "film.mkv", teleplay.Video},
		{"pdf", teleplay.Media{Kind: teleplay.MediaDocument, FileName: "tax.pdf", MIME: "application/pdf"}, "", "tax.pdf", teleplay.Document},
		{"unknown", teleplay.Media{Kind: teleplay.MediaDocument, FileName: "x.zzz"}, "", "x.zzz", teleplay.Document},
		{"hostile name", teleplay.Media{Kind: teleplay.MediaDocument, FileName: "../../etc/\u202epass\x00wd.mp4"}, "", "passwd.mp4", teleplay.Video},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				c.media.Document, c.media.DC = 7, 2
				h.get(teleplay.Update{From: person(ann), Message: 5, Text: c.caption, Media: &c.media})
				files := h.files(ann)
				if len(files) != 1 {
					t.Fatalf("%d files, want 1", len(files))
				}
				if files[0].Name != c.want || files[0].Kind != c.kind {
					t.Errorf("kept as %q, %s; want %q, %s", files[0].Name, files[0].Kind, c.want, c.kind)
				}
				m := h.chat.last(h.t, ann).m
				if !strings.HasPrefix(m.Text, "Saved\n"+c.want) || m.ReplyTo != 5 {
					t.Errorf("reply %q to %d, want Saved to 5", m.Text, m.ReplyTo)
				}
			})
		})
	}
}

func TestAnUpdateThatComesAgainChangesNothing(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		u := teleplay.Update{From: person(ann), Message: 5, Media: film()}
		h.get(u)
		h.get(u)
		if n := len(h.files(ann)); n != 1 || len(h.chat.channel) != 1 || len(h.chat.texts(ann)) != 1 || h.chat.count("store") != 1 {
			t.Errorf("%d files, %d in the channel, %d replies, %d forwards; want one of each", n, len(h.chat.channel), len(h.chat.texts(ann)), h.chat.count("store"))
		}
	})
}

// TestALostAnswerIsNoSecondEffect: the forward, then the reply took effect, but the
// bot did not learn it.
func TestALostAnswerIsNoSecondEffect(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.chat.lose["store"] = []error{teleplay.ErrUnavailable, teleplay.ErrUnavailable}
		h.chat.lose["send"] = []error{teleplay.ErrUnavailable}
		h.get(teleplay.Update{From: person(ann), Message: 5, Media: film()})
		var saved int
		for _, s := range h.chat.texts(ann) {
			if strings.HasPrefix(s, "Saved") {
				saved++
			}
		}
		if n := len(h.files(ann)); n != 1 || len(h.chat.channel) != 1 || saved != 1 {
			t.Errorf("%d files, %d in the channel, %d times saved; want one of each", n, len(h.chat.channel), saved)
		}
	})
}

// TestTheMarkWaitsForTheUnfinished: a file that cannot be stored yet holds back
// what came after it, and nothing is lost over a restart.
func TestTheMarkWaitsForTheUnfinished(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		for range 1000 {
			h.chat.fail["store"] = append(h.chat.fail["store"], teleplay.ErrUnavailable)
		}
		u := h.get(teleplay.Update{From: person(ann), Message: 5, Media: film()})
		if m, _, err := h.db.Mark(t.Context()); err != nil || m.PTS >= u.Mark.PTS {
			t.Fatalf("mark %d, %v while update %d is unfinished", m.PTS, err, u.Mark.PTS)
		}
		if texts := h.chat.texts(ann); len(texts) != 1 || !strings.HasPrefix(texts[0], "Not saved yet") {
			t.Errorf("said %q, want that it takes longer, once", texts)
		}
		h.stop()
		h.chat.fail["store"] = nil
		h.run()
		h.get(u)
		if len(h.files(ann)) != 1 {
			t.Error("the file is lost")
		}
	})
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	big := film()
	big.Size = teleplay.MaxFileSize + 1
	inHouse(t, func(t *testing.T, h *house) {
		h.get(teleplay.Update{From: person(ann), Message: 1, Media: big})
		h.get(teleplay.Update{From: person(ann), Message: 2, Media: film(), Locked: true})
		h.chat.fail["store"] = []error{teleplay.Fail(teleplay.ErrDenied, "channel_admin_required", "internal words")}
		h.get(teleplay.Update{From: person(ann), Message: 3, Media: film()})
		want := []string{"4 GiB", "protected", "admin"}
		texts := h.chat.texts(ann)
		if len(texts) != len(want) {
			t.Fatalf("said %q", texts)
		}
		for i, w := range want {
			if !strings.HasPrefix(texts[i], "Not saved") || !strings.Contains(texts[i], w) || strings.Contains(texts[i], "internal words") {
				t.Errorf("said %q, want a refusal with %q", texts[i], w)
			}
		}
		if len(h.files(ann)) != 0 || len(h.chat.channel) != 0 {
			t.Error("something was kept all the same")
		}
	})
}

func TestStrangersMeetSilence(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.get(teleplay.Update{From: person(bob), Message: 1, Text: "hello"})
		h.get(teleplay.Update{From: person(bob), Message: 2, Media: film()})
		h.get(teleplay.Update{From: person(bob), Message: 3, Text: "/start", Edited: true})
		if answer, _ := h.press(bob, "show_files"); answer != "no answer" {
			t.Errorf("a stranger's press got %q", answer)
		}
		if texts := h.chat.texts(bob); len(texts) != 0 {
			t.Fatalf("a stranger was told %q", texts)
		}
		h.chat.updates <- teleplay.Update{From: person(bob), Message: 4, Text: "/start", Mark: teleplay.Mark{PTS: 100}}
		h.chat.updates <- teleplay.Update{From: person(bob), Message: 5, Text: "/start", Mark: teleplay.Mark{PTS: 101}}
		h.pts = 101
		h.settle()
		if texts := h.chat.texts(bob); len(texts) != 1 || !strings.Contains(texts[0], "777000002") {
			t.Errorf("a stranger was told %q, want the id once in ten minutes", texts)
		}
		h.get(teleplay.Update{From: person(bob), Message: 6, Text: "/start"})
		if n := len(h.chat.texts(bob)); n != 2 {
			t.Errorf("told %d times after ten minutes, want 2", n)
		}
		if m, _, _ := h.db.Mark(t.Context()); m.PTS != h.pts {
			t.Errorf("mark %d, want %d: a stranger must not hold up the household", m.PTS, h.pts)
		}
		if h.chat.count("store") != 0 {
			t.Error("a stranger's file was forwarded")
		}
	}, func(o *bot.Options) { o.Allowed = []int64{ann} })
}

func TestCommands(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		for _, c := range []struct{ say, want string }{
			{"/start", "Hello Ann"},
			{"/help", "/newfolder"},
			{"/help@teleplay_bot", "/newfolder"},
			{"/myfiles", "empty"},
			{"/newfolder", "name"},
			{"/newfolder Films", "Films"},
			{"/newfolder films", "No folder made. There is"},
			{"/folders", "1 folder"},
			{"/nonsense", "/help"},
			{"good evening", "Send me"},
			{"/login", "/login 482913"},
			{"/login 12", "six digits"},
			{"/login 123456", "No device"},
		} {
			if m := h.say(ann, c.say); !strings.Contains(m.Text, c.want) {
				t.Errorf("%s: %q, want %q in it", c.say, m.Text, c.want)
			}
		}
		if len(h.chat.commands) != 7 {
			t.Errorf("the menu has %d commands", len(h.chat.commands))
		}
	})
}

func TestNewestTenWithAButtonEach(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		for i := range 12 {
			m := film()
			m.Document, m.FileName = int64(100+i), string(rune('a'+i))+".mp4"
			h.get(teleplay.Update{From: person(ann), Message: int32(i + 1), Media: m})
		}
		h.pts = 50
		m := h.say(ann, "/myfiles")
		var names []string
		for _, row := range m.Buttons[:10] {
			names = append(names, row[0].Text[len("🎬 "):])
		}
		want := strings.Split("l.mp4 k.mp4 j.mp4 i.mp4 h.mp4 g.mp4 f.mp4 e.mp4 d.mp4 c.mp4", " ")
		if d := cmp.Diff(want, names); d != "" {
			t.Error(d)
		}
		if _, edit := h.press(ann, m.Buttons[0][0].Data); !strings.HasPrefix(edit.Text, "l.mp4\nvideo, 20 MB, 1:01") {
			t.Errorf("its button shows %q", edit.Text)
		}
	})
}

func TestWebLinkIsAKeyOfThisUser(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.chat.fail["send"] = []error{teleplay.ErrUnavailable}
		h.chat.updates <- teleplay.Update{From: person(ann), Message: 1, Text: "/web", Mark: teleplay.Mark{PTS: 1}}
		synctest.Wait() // hardly any time passes: the key lives for a minute
		if owed, err := h.db.Owed(t.Context(), 1); err != nil || len(owed) != 1 || !owed[0].Reply.WebLink || len(owed[0].Reply.Buttons) != 0 {
			t.Errorf("owed is %+v, %v; the key must not lie in the database", owed, err)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		link := h.chat.last(t, ann).m.Buttons[0][0].URL
		key, ok := strings.CutPrefix(link, "https://tv.example/auth#k=")
		if !ok || len(key) != 43 {
			t.Fatalf("the link is %q", link)
		}
		hash := sha256.Sum256([]byte(key))
		if u, err := h.db.KeyUser(t.Context(), hash[:]); err != nil || u.TelegramID != ann {
			t.Errorf("the key is %d's, %v; want Ann's", u.TelegramID, err)
		}
		time.Sleep(61 * time.Second)
		if _, err := h.db.KeyUser(t.Context(), hash[:]); !errors.Is(err, teleplay.ErrNotFound) {
			t.Errorf("after a minute: %v, want not found", err)
		}
		h.pts = 1
		if m := h.say(ann, "/start web"); m.Buttons[0][0].URL == link {
			t.Error("the same key twice")
		}
	})
}

func TestPurgedFilesLeaveTheChannel(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		m := film()
		m.Thumb = true
		h.get(teleplay.Update{From: person(ann), Message: 5, Media: m})
		f := h.files(ann)[0]
		if h.chat.count("thumb") != 1 || f.ThumbETag == "" {
			t.Errorf("thumb fetched %d times, etag %q", h.chat.count("thumb"), f.ThumbETag)
		}
		if err := h.db.PurgeFile(t.Context(), f.User, f.ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		if len(h.chat.channel) != 0 || h.chat.count("delete") != 1 || len(h.chat.deleted) != 1 || h.chat.deleted[0] != f.Message {
			t.Errorf("deleted %v in %d calls, want %d in one", h.chat.deleted, h.chat.count("delete"), f.Message)
		}
	})
}

func TestReplyToABlockedChatIsGivenUp(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.chat.fail["send"] = []error{teleplay.Fail(teleplay.ErrDenied, "blocked", "")}
		h.get(teleplay.Update{From: person(bob), Message: 5, Text: "/start"})
		if m := h.say(ann, "/start"); !strings.Contains(m.Text, "Ann") {
			t.Errorf("the next person got %q", m.Text)
		}
		if owed, err := h.db.Owed(t.Context(), 10); err != nil || len(owed) != 0 {
			t.Errorf("%d replies owed, %v", len(owed), err)
		}
	})
}

func TestStopsWhileItWaits(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		for range 1000 {
			h.chat.fail["store"] = append(h.chat.fail["store"], teleplay.ErrUnavailable)
		}
		h.get(teleplay.Update{From: person(ann), Message: 5, Media: film()})
		before := time.Now()
		h.stop()
		if d := time.Since(before); d > 0 {
			t.Errorf("stopping took %v of fake time", d)
		}
	})
}

// TestLinksWhereTelegramTakesNoButton: the default WEB_BASE_URL is localhost, and a
// reply with a button to it would be refused and lost.
func TestLinksWhereTelegramTakesNoButton(t *testing.T) {
	for base, button := range map[string]bool{
		"http://localhost:8000": false, "http://nas": false, "http://nas.:80": false,
		"http://127.0.0.1:8000": true, "http://[::1]:8000": true, "https://tv.example": true,
	} {
		inHouse(t, func(t *testing.T, h *house) {
			h.get(teleplay.Update{From: person(ann), Message: 1, Media: film()})
			m := h.chat.last(t, ann).m
			if (len(m.Buttons) == 1) != button || strings.Contains(m.Text, base+"/watch/") == button {
				t.Errorf("%s: %q with %d rows of buttons", base, m.Text, len(m.Buttons))
			}
		}, func(o *bot.Options) { o.WebBase = base })
	}
}

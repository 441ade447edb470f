package bot_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/bot"
)

// TestButtonsAreInput: each button × {owner, another user, not allowed, garbage}.
func TestButtonsAreInput(t *testing.T) {
	const (
		gone    = "Not found. It may have been deleted."
		unknown = "I do not know this button any more. /help lists what I can do."
		carol   = int64(777000003)
	)
	inHouse(t, func(t *testing.T, h *house) {
		h.get(teleplay.Update{From: person(ann), Message: 1, Media: film()})
		f := h.files(ann)[0]
		d, err := h.db.AddFolder(t.Context(), f.User, "Films", 0)
		if err != nil {
			t.Fatal(err)
		}
		file, folder := strconv.Itoa(int(f.ID)), strconv.Itoa(int(d.ID))
		h.say(ann, "/start")
		h.say(bob, "/start")
		for _, c := range []struct{ data, owner, other string }{
			{"show_files", "", ""},
			{"back_folders", "", ""},
			{"get_web_link", "", ""},
			{"file:" + file, "", gone},
			{"folder:" + folder, "", gone},
			{"login:1234567:47", "This login has ended. Make a new code on the device.", "This login has ended. Make a new code on the device."},
			{"loginno:1234567", "This login has ended. Make a new code on the device.", "This login has ended. Make a new code on the device."},
			{"file:", unknown, unknown},
			{"file:0", unknown, unknown},
			{"file:-1", unknown, unknown},
			{"file:+" + file, unknown, unknown},
			{"file:0" + file, unknown, unknown},
			{"file:" + file + ":x", unknown, unknown},
			{"file:99999999999999999999", unknown, unknown},
			{"folder:\x00", unknown, unknown},
			{"login:1234567:100", unknown, unknown},
			{"login:1234567:-1", unknown, unknown},
			{"login:1234567", unknown, unknown},
			{"loginno:", unknown, unknown},
			{"", unknown, unknown},
			{"\xff\xfe", unknown, unknown},
		} {
			if got, _ := h.press(ann, c.data); got != c.owner {
				t.Errorf("%q by its owner: %q, want %q", c.data, got, c.owner)
			}
			if got, _ := h.press(bob, c.data); got != c.other {
				t.Errorf("%q by another: %q, want %q", c.data, got, c.other)
			}
			if got, _ := h.press(carol, c.data); got != "no answer" {
				t.Errorf("%q by a stranger: %q, want silence", c.data, got)
			}
		}
	}, func(o *bot.Options) { o.Allowed = []int64{ann, bob} })
}

func TestCardNamesTheFolder(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.get(teleplay.Update{From: person(ann), Message: 1, Media: film()})
		f := h.files(ann)[0]
		d, err := h.db.AddFolder(t.Context(), f.User, "Films\u202e of 2026", 0)
		if err != nil {
			t.Fatal(err)
		}
		card := func() string {
			_, m := h.press(ann, "file:"+strconv.Itoa(int(f.ID)))
			return m.Text
		}
		if text := card(); strings.Contains(text, "\nin ") {
			t.Errorf("a file of no folder: %q", text)
		}
		if _, err := h.db.ChangeFile(t.Context(), f.User, f.ID, teleplay.FileChange{Folder: &d.ID}); err != nil {
			t.Fatal(err)
		}
		if text := card(); !strings.HasSuffix(text, "\nin Films of 2026") {
			t.Errorf("a file of a folder: %q", text)
		}
	})
}

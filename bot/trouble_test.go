package bot_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/teleplay/teleplay"
)

// TestARefusedReplyHoldsUpNobody: Telegram may refuse a message for its form. Its
// words still arrive, and the other replies too.
func TestARefusedReplyHoldsUpNobody(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.chat.fail["send"] = []error{teleplay.Fail(teleplay.ErrInvalid, "refused", "")}
		m := h.say(ann, "/start")
		if len(m.Buttons) != 0 || !strings.Contains(m.Text, "Hello Ann") {
			t.Errorf("bare words are %q with %d rows of buttons", m.Text, len(m.Buttons))
		}
		h.chat.fail["send"] = []error{teleplay.ErrInvalid, teleplay.ErrInvalid}
		h.get(teleplay.Update{From: person(bob), Message: 2, Text: "/start"})
		if len(h.chat.texts(bob)) != 0 || h.chat.count("send") != 4 {
			t.Errorf("Bob was told %q after %d calls", h.chat.texts(bob), h.chat.count("send"))
		}
		if owed, err := h.db.Owed(t.Context(), 10); err != nil || len(owed) != 0 {
			t.Errorf("%d replies owed, %v", len(owed), err)
		}
	})
}

// TestOneChatThatWaitsHoldsUpNoOther: Ann's replies cannot be sent for a while.
func TestOneChatThatWaitsHoldsUpNoOther(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.chat.mu.Lock()
		h.chat.block = map[int64]bool{ann: true}
		h.chat.mu.Unlock()
		h.get(teleplay.Update{From: person(ann), Message: 1, Text: "/start"})
		h.get(teleplay.Update{From: person(ann), Message: 2, Text: "/help"})
		if m := h.say(bob, "/start"); !strings.Contains(m.Text, "Bob") {
			t.Errorf("Bob got %q", m.Text)
		}
		h.chat.mu.Lock()
		h.chat.block = nil
		h.chat.mu.Unlock()
		h.settle()
		if texts := h.chat.texts(ann); len(texts) != 2 || !strings.Contains(texts[0], "Hello") || !strings.Contains(texts[1], "/newfolder") {
			t.Errorf("Ann was told %q, want both answers in order", texts)
		}
	})
}

func TestTheLongestTextIsAnswered(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		for _, text := range []string{"/" + strings.Repeat("a", 4095), strings.Repeat("🎬", 2048), "/newfolder " + strings.Repeat("ü", 4000)} {
			m := h.say(ann, text)
			if n := len(utf16.Encode([]rune(m.Text))); n > 4096 || n == 0 {
				t.Errorf("the answer has %d units", n)
			}
		}
	})
}

// TestOneHopelessFileHoldsUpNobody: a failure that no rule knows is given up, and
// said so.
func TestOneHopelessFileHoldsUpNobody(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		for _, err := range []error{errors.New("rpc error 400: NEVER_SEEN"), teleplay.Fail(teleplay.ErrUnavailable, "copy_not_found", "")} {
			for range 5 {
				h.chat.fail["store"] = append(h.chat.fail["store"], err)
			}
			before := len(h.chat.texts(bob))
			h.get(teleplay.Update{From: person(bob), Message: int32(before + 1), Media: film()})
			texts := h.chat.texts(bob)
			if last := texts[len(texts)-1]; !strings.HasPrefix(last, "Not saved:") {
				t.Errorf("Bob was told %q", last)
			}
		}
		h.get(teleplay.Update{From: person(ann), Message: 1, Media: film()})
		if len(h.files(ann)) != 1 || len(h.files(bob)) != 0 {
			t.Errorf("Ann has %d files, Bob %d", len(h.files(ann)), len(h.files(bob)))
		}
	})
}

func TestOneBadThumbnailHoldsUpNoOther(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.chat.fail["thumb"] = []error{errors.New("rpc error 400: NEVER_SEEN")}
		for i := range 2 {
			m := film()
			m.Thumb, m.Document = true, int64(i+1)
			h.get(teleplay.Update{From: person(ann), Message: int32(i + 1), Media: m})
		}
		files := h.files(ann) // newest first
		if files[0].ThumbETag == "" || files[1].ThumbETag != "" || h.chat.count("thumb") != 2 {
			t.Errorf("thumbnails %q and %q after %d calls", files[0].ThumbETag, files[1].ThumbETag, h.chat.count("thumb"))
		}
	})
}

// TestAPressIsAnsweredBeforeItsMessageChanges: a change may wait for Telegram.
func TestAPressIsAnsweredBeforeItsMessageChanges(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.say(ann, "/start")
		h.press(ann, "show_files")
		if got := strings.Join(h.chat.order, " "); got != "answer edit" {
			t.Errorf("order %q, want the answer first", got)
		}
	})
}

func TestNotMeAfterTheLogin(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		code := h.device(teleplay.DeviceCode)
		h.say(ann, "/login "+code.Code)
		h.press(ann, "login:"+id(code.ID)+":47")
		if _, err := h.db.SpendCode(t.Context(), code.ID, teleplay.Session{Salt: make([]byte, 32), Hash: make([]byte, 32), Expires: code.Expires}); err != nil {
			t.Fatal(err)
		}
		if answer, edit := h.press(ann, "loginno:"+id(code.ID)); answer != "Too late" || !strings.Contains(edit.Text, "logged in already") {
			t.Errorf("%q, %q", answer, edit.Text)
		}
	})
}

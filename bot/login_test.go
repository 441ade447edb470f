package bot_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
)

// device makes a code as a device would.
func (h *house) device(kind teleplay.CodeKind) teleplay.LoginCode {
	h.t.Helper()
	c := teleplay.LoginCode{
		Kind: kind, Address: "203.0.113.7", UserAgent: "TV", DeviceName: "Living-room \u202eTV",
		Expires: time.Now().Add(100 * time.Hour),
	}
	if kind == teleplay.DeviceCode {
		c.DeviceHash, c.Match = []byte("a hash of thirty-two bytes ....."), 47
	}
	c, err := h.db.AddCode(h.t.Context(), c)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) state(c teleplay.LoginCode) teleplay.CodeState {
	h.t.Helper()
	claim := teleplay.CodeClaim{DeviceHash: c.DeviceHash}
	if c.Kind == teleplay.BareCode {
		claim = teleplay.CodeClaim{Code: c.Code, Address: c.Address, UserAgent: c.UserAgent}
	}
	now, err := h.db.Code(h.t.Context(), claim)
	if err != nil {
		h.t.Fatal(err)
	}
	return now.State
}

func data(m teleplay.Outgoing) (list []string) {
	for _, row := range m.Buttons {
		for _, b := range row {
			list = append(list, b.Data)
		}
	}
	return list
}

func TestLoginIsConfirmedByTheNumber(t *testing.T) {
	for _, c := range []struct {
		name  string
		press func(code teleplay.LoginCode, m teleplay.Outgoing) string
		want  teleplay.CodeState
		text  string
	}{
		{"right number", func(code teleplay.LoginCode, _ teleplay.Outgoing) string {
			return "login:" + strconv.Itoa(int(code.ID)) + ":47"
		}, teleplay.CodeApproved, "Logged in"},
		{"wrong number", func(code teleplay.LoginCode, m teleplay.Outgoing) string {
			for _, d := range data(m) {
				if strings.HasPrefix(d, "login:") && !strings.HasSuffix(d, ":47") {
					return d
				}
			}
			return ""
		}, teleplay.CodeRefused, "Refused"},
		{"not me", func(code teleplay.LoginCode, _ teleplay.Outgoing) string {
			return "loginno:" + strconv.Itoa(int(code.ID))
		}, teleplay.CodeRefused, "Refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				code := h.device(teleplay.DeviceCode)
				m := h.say(ann, "/start "+code.Code)
				if !strings.Contains(m.Text, "Living-room TV, 203.0.113.7 (new)") || strings.Contains(m.Text, "\u202e") {
					t.Errorf("asked %q", m.Text)
				}
				if strings.Contains(m.Text, "47") {
					t.Errorf("the question tells the number: %q", m.Text)
				}
				list := data(m)
				if len(list) != 4 {
					t.Fatalf("buttons %v", list)
				}
				seen := map[string]bool{}
				for _, d := range list {
					seen[d] = true
				}
				if len(seen) != 4 || !seen["login:"+strconv.Itoa(int(code.ID))+":47"] {
					t.Errorf("buttons %v, want three different numbers with 47", list)
				}
				if h.state(code) != teleplay.CodeAsked {
					t.Errorf("state %s before the answer", h.state(code))
				}
				// Somebody else cannot answer for Ann.
				if answer, _ := h.press(bob, c.press(code, m)); h.state(code) != teleplay.CodeAsked || answer == "Logged in" {
					t.Errorf("Bob's press: %q, state %s", answer, h.state(code))
				}
				if _, edit := h.press(ann, c.press(code, m)); !strings.HasPrefix(edit.Text, c.text) {
					t.Errorf("the question became %q", edit.Text)
				}
				if got := h.state(code); got != c.want {
					t.Errorf("state %s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestOldAppsAreConfirmedByYes(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		code := h.device(teleplay.BareCode)
		m := h.say(ann, "/login "+code.Code[:3]+" "+code.Code[3:])
		if !strings.Contains(m.Text, "trick") {
			t.Errorf("no warning: %q", m.Text)
		}
		h.press(ann, "login:"+strconv.Itoa(int(code.ID))+":yes")
		if got := h.state(code); got != teleplay.CodeApproved {
			t.Errorf("state %s", got)
		}
	})
}

func TestFiveGuessesPerUser(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		code := h.device(teleplay.DeviceCode)
		wrong := "000000"
		if wrong == code.Code {
			wrong = "000001"
		}
		for i := range 6 {
			h.chat.updates <- teleplay.Update{From: person(bob), Message: int32(i + 1), Text: "/login " + wrong, Mark: teleplay.Mark{PTS: i + 1}}
		}
		h.chat.updates <- teleplay.Update{From: person(bob), Message: 7, Text: "/login " + code.Code, Mark: teleplay.Mark{PTS: 7}}
		h.pts = 7
		h.settle()
		texts := h.chat.texts(bob)
		if len(texts) != 7 {
			t.Fatalf("%d answers", len(texts))
		}
		for i, s := range texts {
			if many := strings.HasPrefix(s, "Too many"); many != (i >= 5) {
				t.Errorf("guess %d: %q", i+1, s)
			}
		}
		if h.state(code) != teleplay.CodeWaiting {
			t.Error("the right code was taken after five wrong ones")
		}
		// Others are not held up, and ten minutes later neither is he.
		if m := h.say(ann, "/login "+code.Code); !strings.Contains(m.Text, "Which number") {
			t.Errorf("Ann got %q", m.Text)
		}
		if m := h.say(bob, "/login "+wrong); !strings.HasPrefix(m.Text, "No device") {
			t.Errorf("ten minutes later: %q", m.Text)
		}
	})
}

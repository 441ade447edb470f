package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// gap is how far an upload had come when its node was killed.
type gap int

const (
	received  gap = iota // the update is there
	forwarded            // the copy is in the channel
	committed            // file, mark and owed reply are in the catalog
	replied              // the reply is in the chat
	struckOff            // and is no longer owed
)

var gapNames = [...]string{"received", "forwarded", "committed", "replied", "struck off"}

// killsPerGap is how many kills must have met an upload in each gap.
func killsPerGap() int {
	if os.Getenv("TELEPLAY_SOAK") != "" {
		return 20
	}
	return 5
}

const uploadsPerRun = 10

// TestKilledNodeLosesNothing kills a node at each gap of an upload, again and
// again, while ten files are under way, and starts it anew: each file ends as one
// row, one message in the channel, one reply; and no bot logs in again.
func TestKilledNodeLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a minute")
	}
	k := newKilling(t)
	k.start()
	logins := k.logins()
	var kills [len(gapNames)]int
	for run := 0; slices.Min(kills[:]) < killsPerGap(); run++ {
		if run == 30*killsPerGap() {
			t.Fatalf("after %d runs the kills met %v", run, kills)
		}
		wanted := gap(slices.Index(kills[:], slices.Min(kills[:])))
		first := k.sent + 1
		k.send(uploadsPerRun)
		k.await(wanted, first+run%uploadsPerRun)
		k.node.kill()
		for _, g := range k.gaps(first) {
			if g == wanted {
				kills[g]++
				break
			}
		}
		k.start()
		k.check(first)
	}
	t.Logf("kills that met an upload in each gap %v: %v", gapNames, kills)
	if now := k.logins(); now != logins {
		t.Errorf("logins and key exchanges %+v, want %+v as before the first kill", now, logins)
	}
}

// killing is one Telegram and one data directory under many nodes.
type killing struct {
	t    *testing.T
	tg   *telegramProcess
	dir  string
	port int
	node *process
	db   *sql.DB // a second pair of eyes on the catalog
	user int64
	bot  int64
	sent int // uploads so far; the n-th has n bytes

	messages []int64 // in the chat, of the uploads in order
}

func newKilling(t *testing.T) *killing {
	k := &killing{t: t, tg: startTelegram(t, "--bots=2"), dir: t.TempDir(), port: freePort(t)}
	k.user, k.bot = k.tg.Users[0].ID, k.tg.Bots[0].ID
	return k
}

func (k *killing) start() {
	k.t.Helper()
	k.node = startProcess(k.t, k.tg.settings(k.dir, k.port), "serve")
	awaitNode(k.t, k.node, k.port)
	if k.db == nil {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(k.dir, "teleplay.db")+"?mode=ro&_pragma=busy_timeout(5000)")
		if err != nil {
			k.t.Fatal(err)
		}
		k.t.Cleanup(func() { db.Close() })
		k.db = db
	}
}

// send gives the bot n files, one message each, as fast as it goes.
func (k *killing) send(n int) {
	k.t.Helper()
	for range n {
		k.sent++
		in := map[string]any{"media": map[string]any{
			"kind": "document", "file_name": fmt.Sprintf("upload %d.bin", k.sent), "mime_type": "application/octet-stream",
			"source": map[string]any{"seed": k.sent, "size": k.sent},
		}}
		var out struct {
			Messages []chatMessage `json:"messages"`
		}
		if err := k.tg.control.do(k.t.Context(), http.MethodPost, k.chat()+"/messages", in, &out); err != nil {
			k.t.Fatal(err)
		}
		k.messages = append(k.messages, out.Messages[0].ID)
	}
}

func (k *killing) chat() string { return fmt.Sprintf("/users/%d/chats/%d", k.user, k.bot) }

// await returns when upload n has come to the gap, as well as an observer can see
// it: by Telegram's log of calls, or by the catalog.
func (k *killing) await(g gap, n int) {
	k.t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		switch g {
		case received:
			return
		case forwarded:
			if k.calls("messages.forwardMessages") >= n {
				return
			}
		case committed:
			if k.rows("SELECT count(*) FROM files WHERE file_size >= ?", n) > 0 {
				return
			}
		case replied:
			if k.calls("messages.sendMessage") >= n {
				return
			}
		case struckOff:
			if k.rows("SELECT count(*) FROM bot_inbox WHERE source_message = ? AND owed IS NULL", k.messages[n-1]) > 0 {
				return
			}
		}
	}
	k.t.Fatalf("upload %d does not come to %s", n, gapNames[g])
}

func (k *killing) rows(query string, args ...any) (n int) {
	k.t.Helper()
	if err := k.db.QueryRowContext(k.t.Context(), query, args...).Scan(&n); err != nil {
		k.t.Fatal(err)
	}
	return n
}

// calls counts the successful calls of a method since the start.
func (k *killing) calls(method string) int {
	var out struct {
		Totals   json.RawMessage
		Accounts map[string]struct {
			Methods map[string]struct {
				OK int `json:"ok"`
			} `json:"methods"`
		} `json:"accounts"`
	}
	k.tg.get(k.t, "/stats", &out)
	return out.Accounts[strconv.FormatInt(k.bot, 10)].Methods[method].OK
}

// gaps says how far each upload from the first on has come, once its node is dead.
func (k *killing) gaps(first int) []gap {
	k.t.Helper()
	inChannel, replies := k.copies(), k.replies()
	var list []gap
	for n := first; n <= k.sent; n++ {
		message := k.messages[n-1]
		owed := k.rows("SELECT count(*) FROM bot_inbox WHERE source_message = ? AND owed IS NOT NULL", message)
		row := k.rows("SELECT count(*) FROM bot_inbox WHERE source_message = ?", message)
		switch {
		case row > 0 && owed == 0:
			list = append(list, struckOff)
		case replies[message] > 0:
			list = append(list, replied)
		case row > 0:
			list = append(list, committed)
		case inChannel[n] > 0:
			list = append(list, forwarded)
		default:
			list = append(list, received)
		}
	}
	return list
}

// copies counts the messages in the channel by upload.
func (k *killing) copies() map[int]int {
	k.t.Helper()
	list := map[int]int{}
	after := int64(0)
	for {
		var out struct {
			Messages []struct {
				ID    int64 `json:"id"`
				Media struct {
					Size int `json:"size"`
				} `json:"media"`
			} `json:"messages"`
		}
		k.tg.get(k.t, fmt.Sprintf("/channels/%d/messages?after=%d&limit=1000", -k.tg.ChannelID-1000000000000, after), &out)
		if len(out.Messages) == 0 {
			return list
		}
		for _, m := range out.Messages {
			list[m.Media.Size]++
			after = m.ID
		}
	}
}

// replies counts the bot's messages that answer each message.
func (k *killing) replies() map[int64]int {
	k.t.Helper()
	var out struct {
		Messages []chatMessage `json:"messages"`
	}
	k.tg.get(k.t, k.chat()+"?after_rev=0", &out)
	list := map[int64]int{}
	for _, m := range out.Messages {
		if strings.HasPrefix(m.Text, "Saved") {
			list[m.ReplyTo]++
		}
	}
	return list
}

// check waits until every upload is answered and no reply is owed, then counts.
func (k *killing) check(first int) {
	k.t.Helper()
	eventually(k.t, "every upload is answered", func() bool {
		replies := k.replies()
		for n := first; n <= k.sent; n++ {
			if replies[k.messages[n-1]] == 0 {
				return false
			}
		}
		return k.rows("SELECT count(*) FROM bot_inbox WHERE owed IS NOT NULL") == 0
	})
	inChannel, replies := k.copies(), k.replies()
	for n := 1; n <= k.sent; n++ {
		rows := k.rows("SELECT count(*) FROM files WHERE file_size = ?", n)
		if rows != 1 || inChannel[n] != 1 || replies[k.messages[n-1]] != 1 {
			k.t.Fatalf("upload %d: %d rows, %d messages in the channel, %d replies; want one of each", n, rows, inChannel[n], replies[k.messages[n-1]])
		}
	}
}

// logins are what Telegram counted of logins and key exchanges.
func (k *killing) logins() (c struct {
	Exchanges int `json:"exchanges"`
	Logins    int `json:"logins"`
}) {
	var out struct {
		Totals json.RawMessage `json:"totals"`
	}
	k.tg.get(k.t, "/stats", &out)
	if err := json.Unmarshal(out.Totals, &c); err != nil {
		k.t.Fatal(err)
	}
	if c.Logins == 0 || c.Exchanges == 0 {
		k.t.Fatalf("nobody logged in: %s", out.Totals)
	}
	return c
}

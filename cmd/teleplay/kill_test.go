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
		if run == 40*killsPerGap() {
			t.Fatalf("after %d runs the kills met %v", run, kills)
		}
		wanted := gap(slices.Index(kills[:], slices.Min(kills[:])))
		first := k.sent + 1
		n := first + 1 + run%(uploadsPerRun-1) // never the first, which others must have passed
		k.send(uploadsPerRun)
		k.await(wanted, n)
		k.node.kill()
		if met := k.gap(n); met == wanted {
			kills[met]++
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
	sent int // uploads so far

	messages []int64 // in the chat, of the uploads in order
	document string  // of the last one
	sizes    []int   // and their sizes; every third is the document before it again
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
		size, source := k.sent, map[string]any{"seed": k.sent, "size": k.sent}
		if k.sent%3 == 0 {
			size, source = k.sizes[k.sent-2], map[string]any{"document_id": k.document}
		}
		in := map[string]any{"media": map[string]any{
			"kind": "document", "file_name": fmt.Sprintf("upload %d.bin", k.sent), "mime_type": "application/octet-stream",
			"source": source,
		}}
		var out struct {
			Messages []struct {
				ID    int64 `json:"id"`
				Media struct {
					Document string `json:"document_id"`
				} `json:"media"`
			} `json:"messages"`
		}
		if err := k.tg.control.do(k.t.Context(), http.MethodPost, k.chat()+"/messages", in, &out); err != nil {
			k.t.Fatal(err)
		}
		k.messages, k.sizes = append(k.messages, out.Messages[0].ID), append(k.sizes, size)
		k.document = out.Messages[0].Media.Document
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
		case received: // all were sent before, and come in order: the one before it is under way
			if k.calls("messages.forwardMessages") >= n-1 {
				return
			}
		case forwarded:
			if k.calls("messages.forwardMessages") >= n {
				return
			}
		case committed:
			if k.rows("SELECT count(*) FROM bot_inbox WHERE source_message = ?", k.messages[n-1]) > 0 {
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

// gap says how far upload n had come, once its node is dead.
func (k *killing) gap(n int) gap {
	k.t.Helper()
	message := k.messages[n-1]
	row := k.rows("SELECT count(*) FROM bot_inbox WHERE source_message = ?", message)
	owed := k.rows("SELECT count(*) FROM bot_inbox WHERE source_message = ? AND owed IS NOT NULL", message)
	switch {
	case row > 0 && owed == 0:
		return struckOff
	case len(k.replies()[message]) > 0:
		return replied
	case row > 0:
		return committed
	case k.copies()[k.sizes[n-1]] >= k.nth(n):
		return forwarded
	}
	return received
}

// nth says which of the uploads of its document n is, from 1 on.
func (k *killing) nth(n int) (nth int) {
	for _, size := range k.sizes[:n] {
		if size == k.sizes[n-1] {
			nth++
		}
	}
	return nth
}

// copies counts the messages in the channel by size.
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

// replies are the bot's answers to each message.
func (k *killing) replies() map[int64][]string {
	k.t.Helper()
	var out struct {
		Messages []chatMessage `json:"messages"`
	}
	k.tg.get(k.t, k.chat()+"?after_rev=0", &out)
	list := map[int64][]string{}
	for _, m := range out.Messages {
		if m.ReplyTo != 0 {
			list[m.ReplyTo] = append(list[m.ReplyTo], m.Text)
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
			if len(replies[k.messages[n-1]]) == 0 {
				return false
			}
		}
		return k.rows("SELECT count(*) FROM bot_inbox WHERE owed IS NOT NULL") == 0
	})
	inChannel, replies := k.copies(), k.replies()
	want := map[int]int{}
	for _, size := range k.sizes {
		want[size]++
	}
	for n := 1; n <= k.sent; n++ {
		size, said := k.sizes[n-1], replies[k.messages[n-1]]
		rows := k.rows("SELECT count(*) FROM files WHERE file_size = ?", size)
		own := k.rows("SELECT count(*) FROM files WHERE source_message = ?", k.messages[n-1])
		if own != 1 || rows != want[size] || inChannel[size] != want[size] || len(said) != 1 || !strings.HasPrefix(said[0], "Saved") {
			k.t.Fatalf("upload %d: %d rows of its own, %d of its document and %d messages in the channel, want %d; replies %q, want one Saved",
				n, own, rows, inChannel[size], want[size], said)
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

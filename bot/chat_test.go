package bot_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/bot"
	"github.com/teleplay/teleplay/catalog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// chat is Telegram as the bot sees it, in memory: it keeps Telegram's promise that
// a random id works once.
type chat struct {
	updates chan teleplay.Update
	presses chan teleplay.Press

	mu       sync.Mutex
	sent     []sent // messages that people see, in order
	answers  map[int64]string
	edits    map[int32]teleplay.Outgoing
	commands []teleplay.Command
	random   map[int64]int32 // random id → message
	channel  map[int32]int64 // storage: message → document
	next     int32
	calls    map[string]int
	fail     map[string][]error // next errors per call
	lose     map[string][]error // errors after the call took effect
	deleted  []int32
	block    map[int64]bool // chats that take nothing now
	order    []string       // of answers and edits
}

type sent struct {
	chat int64
	id   int32
	m    teleplay.Outgoing
}

func newChat() *chat {
	return &chat{
		updates: make(chan teleplay.Update, 100), presses: make(chan teleplay.Press, 100),
		answers: map[int64]string{}, edits: map[int32]teleplay.Outgoing{}, random: map[int64]int32{},
		channel: map[int32]int64{}, next: 1000, calls: map[string]int{}, fail: map[string][]error{}, lose: map[string][]error{},
	}
}

func pop(list map[string][]error, name string) error {
	l := list[name]
	if len(l) == 0 {
		return nil
	}
	list[name] = l[1:]
	return l[0]
}

func (c *chat) Updates() <-chan teleplay.Update { return c.updates }
func (c *chat) Presses() <-chan teleplay.Press  { return c.presses }

func (c *chat) Send(_ context.Context, to int64, m teleplay.Outgoing, random int64) (int32, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls["send"]++
	if c.block[to] {
		return 0, teleplay.ErrUnavailable
	}
	if err := pop(c.fail, "send"); err != nil {
		return 0, err
	}
	if id, ok := c.random[random]; ok {
		return id, nil
	}
	c.next++
	c.random[random] = c.next
	c.sent = append(c.sent, sent{to, c.next, m})
	return c.next, pop(c.lose, "send")
}

func (c *chat) Edit(_ context.Context, _ int64, message int32, m teleplay.Outgoing) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.edits[message] = m
	c.order = append(c.order, "edit")
	return nil
}

func (c *chat) Answer(_ context.Context, query int64, text string, _ bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[query] = text
	c.order = append(c.order, "answer")
	return nil
}

func (c *chat) SetCommands(_ context.Context, list []teleplay.Command) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commands = list
	return nil
}

func (c *chat) Store(_ context.Context, _ int64, _ int32, document, random int64) (teleplay.Stored, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls["store"]++
	if err := pop(c.fail, "store"); err != nil {
		return teleplay.Stored{}, err
	}
	id, ok := c.random[random]
	if !ok {
		c.next++
		id = c.next
		c.random[random] = id
		c.channel[id] = document
	}
	return teleplay.Stored{Message: id, Date: start}, pop(c.lose, "store")
}

func (c *chat) Delete(_ context.Context, messages []int32) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls["delete"]++
	for _, m := range messages {
		delete(c.channel, m)
	}
	c.deleted = append(c.deleted, messages...)
	return nil
}

func (c *chat) Thumb(_ context.Context, message int32) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls["thumb"]++
	if err := pop(c.fail, "thumb"); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "jpeg of %d", message), nil
}

// texts are what a person has been told, in order.
func (c *chat) texts(person int64) (list []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sent {
		if s.chat == person {
			list = append(list, s.m.Text)
		}
	}
	return list
}

func (c *chat) last(t *testing.T, person int64) sent {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.sent) - 1; i >= 0; i-- {
		if c.sent[i].chat == person {
			return c.sent[i]
		}
	}
	t.Fatalf("nothing was said to %d", person)
	return sent{}
}

func (c *chat) count(call string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[call]
}

var start = time.Date(2026, 3, 1, 20, 41, 0, 0, time.UTC)

const (
	ann = int64(777000001)
	bob = int64(777000002)
)

// house is a bot over a real catalog and a chat in memory, in a bubble of fake
// time.
type house struct {
	t    *testing.T
	chat *chat
	db   *catalog.DB
	o    bot.Options
	pts  int
	stop func()
}

// inHouse runs test with a bot that serves.
func inHouse(t *testing.T, test func(*testing.T, *house), change ...func(*bot.Options)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "teleplay.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := catalog.Open(t.Context(), catalog.Options{URL: "sqlite:///" + path})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		c := newChat()
		seed := byte(0)
		h := &house{t: t, chat: c, db: db, o: bot.Options{
			Feed: c, Talk: c, Storage: c, Thumbs: c, Library: db, WebBase: "https://tv.example",
			Rand: func(b []byte) {
				for i := range b {
					seed = seed*5 + 37
					b[i] = seed
				}
			},
		}}
		for _, f := range change {
			f(&h.o)
		}
		h.run()
		defer func() { h.stop() }()
		test(t, h)
	})
}

// run starts the bot; stop ends it and waits.
func (h *house) run() {
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan error, 1)
	go func() { done <- bot.New(h.o).Run(ctx) }()
	h.stop = func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("Run: %v", err)
		}
		h.stop = func() {}
	}
}

func person(id int64) teleplay.Person {
	return teleplay.Person{ID: id, FirstName: map[int64]string{ann: "Ann", bob: "Bob"}[id]}
}

// get makes an update reach the bot and waits until all is quiet.
func (h *house) get(u teleplay.Update) teleplay.Update {
	h.pts++
	u.Mark = teleplay.Mark{PTS: h.pts}
	if u.Date.IsZero() {
		u.Date = start
	}
	h.chat.updates <- u
	h.settle()
	return u
}

// say sends a text and gives the bot's answer.
func (h *house) say(from int64, text string) teleplay.Outgoing {
	h.t.Helper()
	before := len(h.chat.texts(from))
	h.get(teleplay.Update{From: person(from), Message: int32(h.pts + 1), Text: text})
	if n := len(h.chat.texts(from)); n != before+1 {
		h.t.Fatalf("%q got %d answers, want 1", text, n-before)
	}
	return h.chat.last(h.t, from).m
}

// press presses a button of the bot's last message and gives the answer and what
// the message became.
func (h *house) press(from int64, data string) (answer string, edit teleplay.Outgoing) {
	h.t.Helper()
	h.pts++
	query, message := int64(h.pts), int32(0)
	if l := h.chat.texts(from); len(l) > 0 {
		message = h.chat.last(h.t, from).id
	}
	h.chat.presses <- teleplay.Press{From: person(from), Query: query, Message: message, Data: data}
	h.settle()
	h.chat.mu.Lock()
	defer h.chat.mu.Unlock()
	answer, ok := h.chat.answers[query]
	if !ok {
		return "no answer", h.chat.edits[message]
	}
	return answer, h.chat.edits[message]
}

func (h *house) settle() {
	time.Sleep(10 * time.Minute) // fake: every pause that the bot makes is over
	synctest.Wait()
}

func (h *house) files(of int64) []teleplay.File {
	h.t.Helper()
	u, err := h.db.SeeUser(h.t.Context(), person(of))
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := h.db.Files(h.t.Context(), u.ID, teleplay.FileQuery{PerPage: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	return l.Files
}

func film() *teleplay.Media {
	return &teleplay.Media{Kind: teleplay.MediaVideo, Document: 55, DC: 4, Size: 20 << 20, FileName: "film.mp4", MIME: "video/mp4", Duration: 61, Width: 640, Height: 360}
}

func id(n int32) string { return fmt.Sprint(n) }

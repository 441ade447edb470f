package fake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

// channelID is the storage channel; the Bot API writes it -1001700000001.
const (
	channelID    = 1700000001
	channelTitle = "TelePlay storage"
)

// world is what this Telegram knows: people, bots, their private chats, the
// storage channel and the files. Control moves it from one side, bots by RPC from
// the other. Its methods are safe for use by many goroutines; errors are
// *teleplay.Error of ErrNotFound, ErrInvalid, ErrConflict or ErrUnavailable, or a
// *tgerr.Error where real Telegram would refuse.
type world struct {
	// immutable
	seed      uint64
	dcs       []int
	bots0     int
	users0    int
	data      string // "" = memory
	standard  settings
	ttl       time.Duration // of a reference, in place of the one that data keeps; 0 = none
	log       *slog.Logger
	now       func() time.Time
	push      func(account, except int64, u tg.UpdatesClass) // must not block, nor call the world
	evict     func(account int64)                            // ends its logins; must not call the world
	addresses func() []tg.DCOption

	blobs *blobs // locks for itself

	mu      sync.Mutex // guards what follows
	journal journal
	db      tables
	queries map[int64]*callback // presses that wait for an answer
	exports map[string]export
	uploads map[uploadKey]*upload
	outbox  []delivery    // pushes of the change that is being made
	changed chan struct{} // closed and replaced by each change
	lock    *os.File
}

// tables are all that is kept over a restart.
type tables struct {
	counters  *table[string, int64]
	dcs       *table[string, []int] // of which the bots and files are
	settings  *table[string, settings]
	users     *table[int64, user]
	bots      *table[int64, bot]
	channels  *table[int64, channel]
	boxes     *table[int64, box] // by bot or channel
	messages  *table[messageKey, chatMessage]
	events    *table[eventKey, event]
	chats     *table[chatKey, chat]
	gone      *table[revKey, int32]      // deleted messages of a chat
	answers   *table[revKey, answerView] // to presses in a chat
	randoms   *table[randomKey, sentAs]
	documents *table[int64, document]
	names     *table[string, blob]
	issued    *table[holding, bool]   // who was given a reference to what
	expired   *table[holding, uint32] // epochs below it are over; 0 stands for all
}

// delivery is news for every bot that may see a box; make gives one bot's view.
type delivery struct {
	accounts []int64
	except   int64 // the session that gets it as its answer
	make     func(account int64) tg.UpdatesClass
}

func newWorld(o Options, s *Server) *world {
	w := &world{
		seed: max(o.Seed, 1), dcs: o.DCs, bots0: o.Bots, users0: o.Users, data: o.Data, log: o.Log, now: o.Now,
		push:      func(int64, int64, tg.UpdatesClass) {},
		evict:     func(int64) {},
		addresses: func() []tg.DCOption { return nil },
		queries:   map[int64]*callback{},
		exports:   map[string]export{},
		uploads:   map[uploadKey]*upload{},
		blobs:     &blobs{held: map[string][]byte{}},
		changed:   make(chan struct{}),
	}
	w.standard, w.ttl = defaultSettings(), o.ReferenceTTL
	if w.ttl != 0 {
		w.standard.ReferenceTTL = span(w.ttl)
	}
	if len(w.dcs) == 0 {
		w.dcs = []int{2, 4}
	}
	if w.data != "" {
		w.blobs.dir = filepath.Join(w.data, "blobs")
	}
	if w.bots0 == 0 {
		w.bots0 = 4
	}
	if w.users0 == 0 {
		w.users0 = 1
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.now == nil {
		w.now = time.Now
	}
	if s != nil {
		w.push, w.evict, w.addresses = s.push, s.evict, s.addresses
	}
	j := &w.journal
	w.db = tables{
		counters:  newTable[string, int64](j, "counter"),
		dcs:       newTable[string, []int](j, "dcs"),
		settings:  newTable[string, settings](j, "settings"),
		users:     newTable[int64, user](j, "user"),
		bots:      newTable[int64, bot](j, "bot"),
		channels:  newTable[int64, channel](j, "channel"),
		boxes:     newTable[int64, box](j, "box"),
		messages:  newTable[messageKey, chatMessage](j, "message"),
		events:    newTable[eventKey, event](j, "event"),
		chats:     newTable[chatKey, chat](j, "chat"),
		gone:      newTable[revKey, int32](j, "gone"),
		answers:   newTable[revKey, answerView](j, "answer"),
		randoms:   newTable[randomKey, sentAs](j, "random"),
		documents: newTable[int64, document](j, "document"),
		names:     newTable[string, blob](j, "blob"),
		issued:    newTable[holding, bool](j, "issued"),
		expired:   newTable[holding, uint32](j, "expired"),
	}
	w.populate()
	return w
}

// populate makes the seed's world in empty tables.
func (w *world) populate() {
	w.db.counters.put("seed", int64(w.seed))
	w.db.dcs.put("", w.dcs)
	w.db.settings.put("", w.standard)
	w.db.channels.put(channelID, channel{Title: channelTitle, Date: w.now().Unix()})
	w.db.boxes.put(channelID, box{PTS: 1})
	for i := range w.users0 {
		w.newUser(user{FirstName: fmt.Sprintf("User %d", i+1), Username: fmt.Sprintf("user%d", i+1), Language: "en"})
	}
	for i := range w.bots0 {
		name := "teleplay_bot"
		if i > 0 {
			name = fmt.Sprintf("teleplay_helper%d_bot", i)
		}
		w.newBot(bot{Username: name, ChannelRole: roleAdmin, Rights: []string{rightPost, rightEdit, rightDelete}})
	}
}

// open takes the data directory, if there is one, and loads the world that it
// keeps. A directory that another process holds is refused.
func (w *world) open() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.data == "" {
		return nil
	}
	if err := os.MkdirAll(w.blobs.dir, 0o700); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(w.data, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return teleplay.Fail(teleplay.ErrConflict, "data_in_use", "another fake Telegram uses "+w.data)
	}
	if err := w.load(); err != nil {
		lock.Close()
		return err
	}
	w.lock = lock
	return nil
}

func (w *world) load() error {
	path := filepath.Join(w.data, "world.jsonl")
	if _, err := os.Stat(path); err == nil {
		w.clear()
	}
	if _, err := w.journal.read(path); err != nil {
		return err
	}
	if kept := uint64(w.db.counters.rows["seed"]); kept != w.seed {
		return teleplay.Fail(teleplay.ErrConflict, "other_seed", fmt.Sprintf("%s holds the world of seed %d, not %d", w.data, kept, w.seed))
	}
	if kept, ok := w.db.dcs.rows[""]; !ok {
		w.db.dcs.put("", w.dcs) // kept by a build that did not note them
	} else if !slices.Equal(kept, w.dcs) {
		return teleplay.Fail(teleplay.ErrConflict, "other_dcs", fmt.Sprintf("%s holds a world of the DCs %v, not %v", w.data, kept, w.dcs))
	}
	if w.ttl != 0 {
		rules := w.rules()
		rules.ReferenceTTL = span(w.ttl)
		w.db.settings.put("", rules)
	}
	return w.journal.rewrite(path)
}

func (w *world) clear() {
	for _, t := range w.journal.tables {
		t.clear()
	}
}

// close lets the data directory go. The world can be read on.
func (w *world) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lock == nil {
		return nil
	}
	err := errors.Join(w.journal.close(), w.lock.Close())
	w.lock = nil
	return err
}

// reset brings back the seed's world: its people, bots and settings, nothing sent
// and nothing stored. No old name comes to mean something new: message ids and pts
// go on, files get other ids, and whoever asks for what happened since an older pts
// hears that it is too long ago. Bots that are no more lose their logins.
func (w *world) reset() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	boxes, bots := maps.Clone(w.db.boxes.rows), w.sortedBots()
	resets := w.db.counters.rows["reset"] + 1
	w.clear()
	clear(w.queries)
	clear(w.exports)
	clear(w.uploads)
	w.populate()
	w.db.counters.put("reset", resets)
	for id, now := range w.db.boxes.rows {
		now.Last, now.PTS = boxes[id].Last, max(boxes[id].PTS, now.PTS)+1
		now.Floor = now.PTS
		w.db.boxes.put(id, now)
	}
	for _, b := range bots {
		if _, there := w.db.bots.rows[b.ID]; !there {
			w.evict(b.ID)
		}
	}
	w.signal()
	if w.journal.file == nil {
		return nil
	}
	return w.journal.rewrite(filepath.Join(w.data, "world.jsonl"))
}

// change runs f, which checks first and changes then, under the lock. What it
// changed is written down and told to the bots before change returns.
func (w *world) change(f func() error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outbox = w.outbox[:0]
	if err := f(); err != nil {
		return err
	}
	if err := w.journal.commit(); err != nil {
		return err
	}
	for _, d := range w.outbox {
		for _, a := range d.accounts {
			w.push(a, d.except, d.make(a))
		}
	}
	w.signal()
	return nil
}

func (w *world) signal() {
	close(w.changed)
	w.changed = make(chan struct{})
}

// next counts on: 1, 2, … for each name.
func (w *world) next(name string) int64 {
	n := w.db.counters.rows[name] + 1
	w.db.counters.put(name, n)
	return n
}

// secret is 32 bytes that only this world's seed can make, the same each time.
func (w *world) secret(parts ...any) []byte {
	var key [8]byte
	binary.LittleEndian.PutUint64(key[:], w.seed)
	h := hmac.New(sha256.New, key[:])
	for _, p := range parts {
		fmt.Fprintf(h, "%v\x00", p)
	}
	return h.Sum(nil)
}

// accessHash is what an account must show to name a user, a channel or a file.
func (w *world) accessHash(account int64, kind string, id int64) int64 {
	return int64(binary.LittleEndian.Uint64(w.secret("access", account, kind, id)))
}

func refuse(code int, text string) error { return tgerr.New(code, text) }

func notFound(what string) error {
	return teleplay.Fail(teleplay.ErrNotFound, "not_found", "no such "+what)
}

func invalid(format string, a ...any) error {
	return teleplay.Fail(teleplay.ErrInvalid, "bad_request", fmt.Sprintf(format, a...))
}

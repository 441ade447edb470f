package fake

import (
	"slices"
	"time"

	"github.com/gotd/td/tg"
)

// box is a sequence of message ids and of pts: a bot's private box, whoever the
// chats in it are with, or the channel.
type box struct {
	Last int32 `json:"last"` // id of the newest chatMessage
	PTS  int   `json:"pts"`  // begins at 1: TDLib drops an update with pts ≤ pts_count
	// Floor is the first pts of which it is known what happened after it.
	Floor int `json:"floor,omitempty"`
}

// messageKey names a message: the box is a bot's id or the channel's.
type messageKey struct {
	Box int64 `json:"box"`
	ID  int32 `json:"id"`
}

// eventKey names what happened at one pts of a box.
type eventKey struct {
	Box int64 `json:"box"`
	PTS int   `json:"pts"`
}

// What can happen in a box.
const (
	eventNew    = "new"
	eventEdit   = "edit"
	eventDelete = "delete"
)

// event is what getDifference tells again. Its pts is that of its key; the one
// before it was len(IDs) less.
type event struct {
	What string  `json:"what"`
	IDs  []int32 `json:"ids"`
}

// chatMessage is a message in a bot's private box or in the channel.
type chatMessage struct {
	ID        int32      `json:"id"`
	Chat      int64      `json:"chat,omitempty"` // the user of a private chat
	From      int64      `json:"from,omitempty"` // user or bot; 0 = the channel's owner
	Date      int64      `json:"date"`
	Edited    int64      `json:"edited,omitempty"`
	Text      string     `json:"text,omitempty"`
	Entities  []entity   `json:"entities,omitempty"`
	Document  int64      `json:"document,omitempty"`
	Buttons   [][]button `json:"buttons,omitempty"`
	ReplyTo   int32      `json:"reply_to,omitempty"`
	Grouped   int64      `json:"grouped,omitempty"`
	Origin    *origin    `json:"origin,omitempty"` // has a forward header
	OriginAt  int64      `json:"origin_at,omitempty"`
	Protected bool       `json:"protected,omitempty"`
	Silent    bool       `json:"silent,omitempty"`
	Random    int64      `json:"random,omitempty"`
	Rev       int64      `json:"rev,omitempty"`
}

// isChannel says whether a box is the channel, not a private one of a bot.
func (w *world) isChannel(box int64) bool { _, ok := w.db.channels.rows[box]; return ok }

// add gives the message the next id of the box and tells everybody who may see
// it; except is the session that gets it as its answer.
func (w *world) add(boxID int64, m chatMessage, except int64) chatMessage {
	b := w.db.boxes.rows[boxID]
	b.Last++
	w.db.boxes.put(boxID, b)
	m.ID = b.Last
	if m.Date == 0 {
		m.Date = w.now().Unix()
	}
	m.Rev = w.turn(boxID, m.Chat)
	w.db.messages.put(messageKey{boxID, m.ID}, m)
	w.tell(boxID, event{eventNew, []int32{m.ID}}, except)
	return m
}

// edit writes a message again.
func (w *world) edit(boxID int64, m chatMessage, except int64) chatMessage {
	m.Edited = w.now().Unix()
	m.Rev = w.turn(boxID, m.Chat)
	w.db.messages.put(messageKey{boxID, m.ID}, m)
	w.tell(boxID, event{eventEdit, []int32{m.ID}}, except)
	return m
}

// remove deletes those of the messages that are there, as one event, and says how
// many they were.
func (w *world) remove(boxID int64, ids []int32, except int64) int {
	var there []int32
	for _, id := range ids {
		k := messageKey{boxID, id}
		m, ok := w.db.messages.rows[k]
		if !ok || slices.Contains(there, id) {
			continue
		}
		there = append(there, id)
		w.db.messages.drop(k)
		if rev := w.turn(boxID, m.Chat); rev != 0 {
			w.db.gone.put(revKey{boxID, m.Chat, rev}, id)
		}
	}
	if len(there) > 0 {
		w.tell(boxID, event{eventDelete, there}, except)
	}
	return len(there)
}

// tell gives the event its pts and queues it for the bots' sessions.
func (w *world) tell(boxID int64, e event, except int64) {
	b := w.db.boxes.rows[boxID]
	b.PTS += len(e.IDs)
	w.db.boxes.put(boxID, b)
	w.db.events.put(eventKey{boxID, b.PTS}, e)
	pts := b.PTS
	w.outbox = append(w.outbox, delivery{accounts: w.watchers(boxID), except: except, make: func(account int64) tg.UpdatesClass {
		return w.updates(account, w.update(account, boxID, pts, e)...)
	}})
}

// moved tells a bot that its place in the channel is another now.
func (w *world) moved(account int64) {
	w.outbox = append(w.outbox, delivery{accounts: w.watchers(account), make: func(account int64) tg.UpdatesClass {
		return w.updates(account, &tg.UpdateChannel{ChannelID: channelID})
	}})
}

// watchers are the bots that are told what happens in a box.
func (w *world) watchers(boxID int64) []int64 {
	if !w.isChannel(boxID) {
		if w.db.bots.rows[boxID].Revoked {
			return nil
		}
		return []int64{boxID}
	}
	var ids []int64
	for _, b := range w.sortedBots() {
		if b.ChannelRole != roleNone && !b.Revoked {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// find is a message of a box.
func (w *world) find(boxID int64, id int32) (chatMessage, bool) {
	m, ok := w.db.messages.rows[messageKey{boxID, id}]
	return m, ok
}

// view is the message as the control API shows it.
func (w *world) view(m chatMessage) messageView {
	v := messageView{
		ID: m.ID, Rev: m.Rev, Date: stamp{time.Unix(m.Date, 0)}, From: m.From, Text: m.Text, Entities: m.Entities,
		ReplyTo: m.ReplyTo, Grouped: m.Grouped, ForwardedFrom: m.Origin, Protected: m.Protected, Buttons: m.Buttons,
	}
	if m.Edited != 0 {
		v.Edited = &stamp{time.Unix(m.Edited, 0)}
	}
	if v.Entities == nil {
		v.Entities = []entity{}
	}
	if v.Buttons == nil {
		v.Buttons = [][]button{}
	}
	if m.Document != 0 {
		s := w.stored(w.db.documents.rows[m.Document])
		v.Media = &s
	}
	return v
}

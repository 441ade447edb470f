package fake

import (
	"context"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/teleplay/teleplay"
)

// Telegram's limits, in UTF-16 code units.
const (
	maxText    = 4096
	maxCaption = 1024
)

// chatKey names the private chat of a user with a bot.
type chatKey struct {
	Bot  int64 `json:"bot"`
	User int64 `json:"user"`
}

// revKey names one change of a chat.
type revKey struct {
	Bot  int64 `json:"bot"`
	User int64 `json:"user"`
	Rev  int64 `json:"rev"`
}

// chat is a private chat. Its messages lie in the bot's box.
type chat struct {
	Rev     int64 `json:"rev"`
	Started bool  `json:"started"` // the user has written: the bot may
	Blocked bool  `json:"blocked"`
}

func length16(s string) int { return len(utf16.Encode([]rune(s))) }

// turn counts a chat's revision on; 0 for the channel, which has none.
func (w *world) turn(boxID, userID int64) int64 {
	if userID == 0 {
		return 0
	}
	k := chatKey{boxID, userID}
	c := w.db.chats.rows[k]
	c.Rev++
	w.db.chats.put(k, c)
	return c.Rev
}

func (w *world) bothKnown(userID, botID int64) error {
	if w.db.users.rows[userID].ID == 0 {
		return notFound("user")
	}
	if w.db.bots.rows[botID].ID == 0 {
		return notFound("bot")
	}
	return nil
}

// send is a user writing to a bot: a text, a file, or an album. It lifts a block,
// as writing to a bot again does.
func (w *world) send(userID, botID int64, l letter) (sentView, error) {
	check := func() error {
		if err := w.bothKnown(userID, botID); err != nil {
			return err
		}
		if l.ReplyTo != 0 {
			if m, ok := w.find(botID, l.ReplyTo); !ok || m.Chat != userID {
				return notFound("message to reply to")
			}
		}
		return nil
	}
	var sent sentView
	pieces, err := w.asked(check, func() ([]piece, error) { return w.fromLetter(l) })
	if err != nil {
		return sent, err
	}
	err = w.change(func() error {
		if err := check(); err != nil {
			return err
		}
		group := int64(0)
		if len(l.Album) > 0 {
			group = w.album()
		}
		k := chatKey{botID, userID}
		c := w.db.chats.rows[k]
		c.Started, c.Blocked = true, false
		w.db.chats.put(k, c)
		for _, p := range pieces {
			m := w.whole(p)
			m.Grouped = group
			m.Chat, m.From, m.ReplyTo, m.Protected, m.Origin = userID, userID, l.ReplyTo, l.Protected, l.ForwardedFrom
			if m.Origin != nil {
				m.OriginAt = w.now().Unix()
			}
			sent.Messages = append(sent.Messages, w.view(w.add(botID, m, 0)))
		}
		sent.Rev = w.db.chats.rows[k].Rev
		return nil
	})
	return sent, err
}

func (w *world) fromLetter(l letter) ([]piece, error) {
	switch {
	case len(l.Album) > 0:
		if l.Text != "" || l.Media != nil {
			return nil, invalid("an album's texts stand in its items")
		}
		if len(l.Album) < 2 || len(l.Album) > 10 {
			return nil, invalid("an album has 2 to 10 items")
		}
		return w.fromItems(l.Album)
	case l.Media != nil:
		return w.fromItems([]item{{Media: l.Media, Text: l.Text}})
	case strings.TrimSpace(l.Text) == "":
		return nil, refuse(400, "MESSAGE_EMPTY")
	case length16(l.Text) > maxText:
		return nil, refuse(400, "MESSAGE_TOO_LONG")
	}
	return []piece{{message: chatMessage{Text: l.Text, Entities: commandEntity(l.Text)}}}, nil
}

// album is a fresh grouped_id.
func (w *world) album() int64 { return (1+w.db.counters.rows["reset"])<<53 + w.next("album") }

// commandEntity marks a command at the start of a text, as clients do.
func commandEntity(text string) []entity {
	if !strings.HasPrefix(text, "/") {
		return nil
	}
	word := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' })[0]
	if len(word) < 2 {
		return nil
	}
	return []entity{{Type: "bot_command", Length: length16(word)}}
}

// ownLetter is a message that the user has written in the chat.
func (w *world) ownLetter(userID, botID int64, id int32) (chatMessage, error) {
	if err := w.bothKnown(userID, botID); err != nil {
		return chatMessage{}, err
	}
	m, ok := w.find(botID, id)
	if !ok || m.Chat != userID {
		return m, notFound("message")
	}
	return m, nil
}

// editLetter changes the text or caption of a message that the user wrote.
func (w *world) editLetter(userID, botID int64, id int32, text string) (messageView, error) {
	var v messageView
	err := w.change(func() error {
		m, err := w.ownLetter(userID, botID, id)
		if err != nil {
			return err
		}
		limit := maxText
		if m.Document != 0 {
			limit = maxCaption
		}
		switch {
		case m.From != userID:
			return refuse(403, "MESSAGE_AUTHOR_REQUIRED")
		case m.Text == text:
			return refuse(400, "MESSAGE_NOT_MODIFIED")
		case strings.TrimSpace(text) == "" && m.Document == 0:
			return refuse(400, "MESSAGE_EMPTY")
		case length16(text) > limit:
			return refuse(400, "MESSAGE_TOO_LONG")
		}
		m.Text, m.Entities = text, commandEntity(text)
		v = w.view(w.edit(botID, m, 0))
		return nil
	})
	return v, err
}

// deleteLetter deletes a message of the chat for both sides.
func (w *world) deleteLetter(userID, botID int64, id int32) error {
	return w.change(func() error {
		if _, err := w.ownLetter(userID, botID, id); err != nil {
			return err
		}
		w.remove(botID, []int32{id}, 0)
		return nil
	})
}

// block stops the bot from writing to the user, or lets it again.
func (w *world) block(userID, botID int64, blocked bool) error {
	return w.change(func() error {
		if err := w.bothKnown(userID, botID); err != nil {
			return err
		}
		k := chatKey{botID, userID}
		c := w.db.chats.rows[k]
		c.Blocked = blocked
		w.db.chats.put(k, c)
		return nil
	})
}

// chat says what changed after revision afterRev. With nothing new it waits, at
// most for wait, and then gives an empty list.
func (w *world) chat(ctx context.Context, userID, botID, afterRev int64, wait time.Duration) (chatView, error) {
	var v chatView
	var err error
	w.await(ctx, wait, func() bool {
		v, err = w.chatSince(userID, botID, afterRev)
		return err != nil || v.Rev > afterRev
	})
	return v, err
}

func (w *world) chatSince(userID, botID, afterRev int64) (chatView, error) {
	if err := w.bothKnown(userID, botID); err != nil {
		return chatView{}, err
	}
	c := w.db.chats.rows[chatKey{botID, userID}]
	v := chatView{Rev: c.Rev, Messages: []messageView{}, Deleted: []int32{}, Answers: []answerView{}, Blocked: c.Blocked}
	if v.Rev <= afterRev {
		return v, nil
	}
	for id := int32(1); id <= w.db.boxes.rows[botID].Last; id++ {
		if m, ok := w.find(botID, id); ok && m.Chat == userID && m.Rev > afterRev {
			v.Messages = append(v.Messages, w.view(m))
		}
	}
	for rev := max(afterRev, 0) + 1; rev <= v.Rev; rev++ {
		k := revKey{botID, userID, rev}
		if id, ok := w.db.gone.rows[k]; ok {
			v.Deleted = append(v.Deleted, id)
		}
		if a, ok := w.db.answers.rows[k]; ok {
			v.Answers = append(v.Answers, a)
		}
	}
	return v, nil
}

// await calls f under the lock, now and after each change, until it is true, the
// time is up or ctx ends.
func (w *world) await(ctx context.Context, wait time.Duration, f func() bool) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		w.mu.Lock()
		done, changed := f(), w.changed
		w.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

var errTimeout = teleplay.Fail(teleplay.ErrUnavailable, "timeout", "the bot did not answer in time")

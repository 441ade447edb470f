package fake

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/gotd/td/tg"
)

// loginWait is how long a login waits for the bot.
const loginWait = 10 * time.Second

// callback is a press that may still be answered.
type callback struct {
	id, user, bot int64
	message       int32
	data          []byte
	until         time.Time
	answer        *pressAnswer
}

// press pushes a button under a message: the bot gets a callback query, and its
// answer is waited for as long as p says. A button with a URL just gives the URL.
func (w *world) press(ctx context.Context, userID, botID int64, p press) (pressView, error) {
	var q *callback
	var v pressView
	err := w.change(func() error {
		m, err := w.ownLetter(userID, botID, p.Message)
		if err != nil {
			return err
		}
		b, ok := p.find(m.Buttons)
		if !ok {
			return notFound("button")
		}
		if v.URL = b.URL + b.WebApp; v.URL == "" {
			q = w.ask(userID, botID, m.ID, b.bytes())
		}
		return nil
	})
	if err != nil || q == nil {
		return v, err
	}
	w.await(ctx, time.Duration(p.Wait), func() bool {
		v = pressView{Query: q.id, Answered: new(bool), Answer: q.answer}
		*v.Answered = q.answer != nil
		return q.answer != nil
	})
	return v, nil
}

// ask sends the callback query of a press to the bot.
func (w *world) ask(userID, botID int64, id int32, data []byte) *callback {
	for n, old := range w.queries {
		if !w.now().Before(old.until) {
			delete(w.queries, n)
		}
	}
	q := &callback{
		id:   int64(binary.LittleEndian.Uint64(w.secret("query", w.db.counters.rows["reset"], w.next("query")))>>1) | 1<<61,
		user: userID, bot: botID, message: id, data: data, until: w.now().Add(time.Duration(w.rules().QueryLife)),
	}
	w.queries[q.id] = q
	instance := int64(binary.LittleEndian.Uint64(w.secret("chat instance", botID, userID)))
	w.outbox = append(w.outbox, delivery{accounts: w.watchers(botID), make: func(account int64) tg.UpdatesClass {
		return w.updates(account, &tg.UpdateBotCallbackQuery{
			QueryID: q.id, UserID: userID, Peer: &tg.PeerUser{UserID: userID}, MsgID: int(id), ChatInstance: instance, Data: data,
		})
	}})
	return q
}

// settle takes a bot's answer to a query, once and in time.
func (w *world) settle(botID, id int64, a answerView) error {
	return w.change(func() error {
		q := w.queries[id]
		if q == nil || q.bot != botID || !w.now().Before(q.until) || q.answer != nil {
			return refuse(400, "QUERY_ID_INVALID")
		}
		q.answer = &pressAnswer{Text: a.Text, Alert: a.Alert, URL: a.URL, CacheTime: a.CacheTime}
		a.Query, a.Message, a.Date = id, q.message, stamp{w.now()}
		if a.Data = string(q.data); !utf8.ValidString(a.Data) {
			a.Data = ""
		}
		w.db.answers.put(revKey{q.bot, q.user, w.turn(q.bot, q.user)}, a)
		return nil
	})
}

// find is the button that p names.
func (p press) find(rows [][]button) (button, bool) {
	for y, row := range rows {
		for x, b := range row {
			switch {
			case p.Data != nil && *p.Data == string(b.bytes()) && b.URL+b.WebApp == "",
				p.Data == nil && p.Text != nil && *p.Text == b.Text,
				p.Data == nil && p.Text == nil && p.Row != nil && p.Column != nil && *p.Row == y && *p.Column == x:
				return b, true
			}
		}
	}
	return button{}, false
}

func (b button) bytes() []byte {
	if len(b.DataBase64) > 0 {
		return b.DataBase64
	}
	return []byte(b.Data)
}

// login is a person who wants in: it sends /web to the bot and gives the URL of
// the button that comes back. 0 = the first user, the main bot.
func (w *world) login(ctx context.Context, userID, botID int64) (string, error) {
	if userID == 0 {
		userID = w.users()[0].ID
	}
	if botID == 0 {
		botID = w.bots()[0].ID
	}
	sent, err := w.send(userID, botID, letter{Text: "/web"})
	if err != nil {
		return "", err
	}
	url, rev := "", sent.Rev
	w.await(ctx, loginWait, func() bool {
		v, err := w.chatSince(userID, botID, rev)
		if err != nil {
			return true
		}
		rev = v.Rev
		for _, m := range v.Messages {
			for _, row := range m.Buttons {
				for _, b := range row {
					if m.From == botID && url == "" {
						url = b.URL + b.WebApp
					}
				}
			}
		}
		return url != ""
	})
	if url == "" {
		return "", fmt.Errorf("wait for a button with a URL after /web: %w", errTimeout)
	}
	return url, nil
}

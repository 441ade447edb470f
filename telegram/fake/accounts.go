package fake

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/teleplay/teleplay"
)

// What a bot may be and do in the storage channel.
const (
	roleAdmin   = "admin"
	roleMember  = "member"
	roleNone    = "none"
	rightPost   = "post"
	rightEdit   = "edit"
	rightDelete = "delete"
)

// user is a person, moved by the control API.
type user struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
	Language  string `json:"language,omitempty"`
}

// command is an entry of a bot's menu.
type command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// bot is an account that can log in.
type bot struct {
	ID          int64     `json:"id"`
	Token       string    `json:"token"`
	Username    string    `json:"username"`
	DC          int       `json:"dc"`
	ChannelRole string    `json:"channel_role"` // admin, member, none
	Rights      []string  `json:"rights"`       // post, edit, delete
	Revoked     bool      `json:"revoked"`
	Commands    []command `json:"commands"`
	Name        string    `json:"name,omitempty"`        // "" = the username
	About       string    `json:"about,omitempty"`       // in the profile
	Description string    `json:"description,omitempty"` // in the empty chat
}

// may says whether the bot is an admin of the channel with that right.
func (b bot) may(right string) bool {
	return b.ChannelRole == roleAdmin && slices.Contains(b.Rights, right)
}

func (w *world) users() []user {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.SortedFunc(maps.Values(w.db.users.rows), func(a, b user) int { return cmp.Compare(a.ID, b.ID) })
}

func (w *world) bots() []bot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sortedBots()
}

func (w *world) sortedBots() []bot {
	return slices.SortedFunc(maps.Values(w.db.bots.rows), func(a, b bot) int { return cmp.Compare(a.ID, b.ID) })
}

// taken says whether an account or a chat has the id: they share the numbers, as
// on the real server, and the boxes of the one must never be those of the other.
func (w *world) taken(id int64) bool {
	return w.db.users.rows[id].ID != 0 || w.db.bots.rows[id].ID != 0 || w.isChannel(id)
}

func errTaken(id int64) error {
	return teleplay.Fail(teleplay.ErrConflict, "conflict", fmt.Sprintf("id %d is taken", id))
}

// addUser adds a person; id 0 = the next one.
func (w *world) addUser(u user) (user, error) {
	err := w.change(func() error {
		if u.FirstName == "" {
			return invalid("first_name is missing")
		}
		if u.ID < 0 {
			return invalid("id %d is negative", u.ID)
		}
		if w.taken(u.ID) {
			return errTaken(u.ID)
		}
		u = w.newUser(u)
		return nil
	})
	return u, err
}

func (w *world) newUser(u user) user {
	for u.ID == 0 || w.taken(u.ID) {
		u.ID = 777000000 + w.next("user")
	}
	w.db.users.put(u.ID, u)
	return u
}

// addBot adds a bot. Id and token are made when the token is empty; no role means
// an admin with all rights.
func (w *world) addBot(b bot) (bot, error) {
	err := w.change(func() error {
		if b.Token != "" {
			id, secret, _ := strings.Cut(b.Token, ":")
			var err error
			if b.ID, err = strconv.ParseInt(id, 10, 64); err != nil || b.ID <= 0 || id[0] == '+' || !madeOf(secret, 64, letters+digits+"-_") {
				return invalid("token is not ID:SECRET")
			}
			if w.taken(b.ID) {
				return errTaken(b.ID)
			}
		}
		if b.DC != 0 && !slices.Contains(w.dcs, b.DC) {
			return invalid("no DC %d", b.DC)
		}
		if b.ChannelRole == "" {
			b.ChannelRole = roleAdmin
		}
		if b.Rights == nil {
			b.Rights = []string{rightPost, rightEdit, rightDelete}
		}
		if err := b.check(); err != nil {
			return err
		}
		b = w.newBot(b)
		return nil
	})
	return b, err
}

func (b bot) check() error {
	if !slices.Contains([]string{roleAdmin, roleMember, roleNone}, b.ChannelRole) {
		return invalid("channel_role is admin, member or none, not %q", b.ChannelRole)
	}
	for _, r := range b.Rights {
		if !slices.Contains([]string{rightPost, rightEdit, rightDelete}, r) {
			return invalid("rights are post, edit and delete, not %q", r)
		}
	}
	return nil
}

func (w *world) newBot(b bot) bot {
	for b.ID == 0 || (b.Token == "" && w.taken(b.ID)) {
		b.ID = 7000000 + w.next("bot")
	}
	if b.Token == "" {
		b.Token = fmt.Sprintf("%d:AA%s", b.ID, base64.RawURLEncoding.EncodeToString(w.secret("token", b.ID))[:33])
	}
	if b.Username == "" {
		b.Username = fmt.Sprintf("b%d_bot", b.ID)
	}
	if b.DC == 0 {
		b.DC = w.dcs[0]
	}
	if b.Commands == nil {
		b.Commands = []command{}
	}
	w.db.bots.put(b.ID, b)
	w.db.boxes.put(b.ID, box{PTS: 1})
	return b
}

// botPatch is what PATCH /bots may change.
type botPatch struct {
	ChannelRole string   `json:"channel_role"`
	Rights      []string `json:"rights"`
	Revoked     bool     `json:"revoked"`
}

// changeBot merges a JSON object into the bot; null = the default. A revoked
// token takes its logins with it: they do not come back when it is good again.
func (w *world) changeBot(id int64, patch []byte) (bot, error) {
	var b bot
	err := w.change(func() error {
		if b = w.db.bots.rows[id]; b.ID == 0 {
			return notFound("bot")
		}
		p, err := merge(botPatch{b.ChannelRole, b.Rights, b.Revoked}, botPatch{roleAdmin, []string{rightPost, rightEdit, rightDelete}, false}, patch)
		if err != nil {
			return err
		}
		place := b.ChannelRole
		b.ChannelRole, b.Rights, b.Revoked = p.ChannelRole, p.Rights, p.Revoked
		if err := b.check(); err != nil {
			return err
		}
		w.db.bots.put(id, b)
		if place != b.ChannelRole {
			w.moved(id)
		}
		if b.Revoked {
			w.evict(id)
		}
		return nil
	})
	return b, err
}

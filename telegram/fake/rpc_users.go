package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// userID is whom an InputUser names. A bot may leave the hash out (0) for itself
// and for those who have written to it; of others it has to know the hash.
func (w *world) userID(account int64, u tg.InputUserClass) (int64, error) {
	switch u := u.(type) {
	case *tg.InputUserSelf:
		return account, nil
	case *tg.InputUser:
		met := u.UserID == account || w.db.chats.rows[chatKey{account, u.UserID}].Started
		if w.tlUser(account, u.UserID) != nil && (u.AccessHash == 0 && met || u.AccessHash == w.accessHash(account, "user", u.UserID)) {
			return u.UserID, nil
		}
	}
	return 0, refuse(400, "USER_ID_INVALID")
}

func (w *world) getUsers(c *call, r *tg.UsersGetUsersRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &tg.UserClassVector{}
	for _, u := range r.ID {
		id, err := w.userID(c.account, u)
		if err != nil {
			continue // the real server leaves out whom it does not know
		}
		t.Elems = append(t.Elems, w.tlUser(c.account, id))
	}
	return t, nil
}

func (w *world) getFullUser(c *call, r *tg.UsersGetFullUserRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, err := w.userID(c.account, r.ID)
	if err != nil {
		return nil, err
	}
	full := tg.UserFull{ID: id}
	if b, ok := w.db.bots.rows[id]; ok {
		info := tg.BotInfo{}
		info.SetUserID(id)
		info.SetMenuButton(&tg.BotMenuButtonDefault{})
		if b.Description != "" {
			info.SetDescription(b.Description)
		}
		if len(b.Commands) > 0 {
			info.SetCommands(tlCommands(b.Commands))
		}
		full.SetBotInfo(info)
		if b.About != "" {
			full.SetAbout(b.About)
		}
	}
	return &tg.UsersUserFull{FullUser: full, Chats: []tg.ChatClass{}, Users: []tg.UserClass{w.tlUser(c.account, id)}}, nil
}

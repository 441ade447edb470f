package catalog

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/teleplay/teleplay"
)

// activeStep is how fine LastActive is: a chat of many lines costs one commit.
const activeStep = time.Minute

const selectUser = `SELECT id, telegram_id, username, first_name, last_name, auth_version, created_at, last_active FROM users `

func scanUser(s scanner) (u teleplay.User, err error) {
	err = s.Scan(&u.ID, &u.TelegramID, &u.Username, &u.FirstName, &u.LastName, &u.Version, (*stamp)(&u.Created), (*stamp)(&u.LastActive))
	return u, err
}

// SeeUser is the user whose Telegram account p is, made at first sight. Names
// follow the account; LastActive is a minute fine.
func (d *DB) SeeUser(ctx context.Context, p teleplay.Person) (u teleplay.User, err error) {
	u, err = d.UserByTelegram(ctx, p.ID)
	now := d.now()
	if err == nil && personOf(u) == p && now.Sub(u.LastActive) < activeStep {
		return u, nil
	}
	if err != nil && !errors.Is(err, teleplay.ErrNotFound) {
		return u, err
	}
	err = d.write(ctx, "see user", func(t *tx) error {
		u, err = scanUser(t.row(selectUser+`WHERE telegram_id = $1`, p.ID))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			u = teleplay.User{TelegramID: p.ID, Version: 1, Created: t.now}
			if u.ID, err = t.newID("users"); err != nil {
				return err
			}
		case err != nil:
			return err
		}
		u.Username, u.FirstName, u.LastName, u.LastActive = p.Username, p.FirstName, p.LastName, t.now
		_, err = t.exec(`INSERT INTO users (id, telegram_id, username, first_name, last_name, auth_version, created_at, last_active)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (telegram_id) DO UPDATE SET username = excluded.username, first_name = excluded.first_name,
				last_name = excluded.last_name, last_active = excluded.last_active`,
			u.ID, u.TelegramID, u.Username, u.FirstName, u.LastName, u.Version, stamp(u.Created), stamp(u.LastActive))
		return err
	})
	return u, err
}

func personOf(u teleplay.User) teleplay.Person {
	return teleplay.Person{ID: u.TelegramID, Username: u.Username, FirstName: u.FirstName, LastName: u.LastName}
}

// User is the user with this id.
func (d *DB) User(ctx context.Context, id int32) (teleplay.User, error) {
	return d.user(ctx, `WHERE id = $1`, id)
}

// UserByTelegram is the user with this Telegram account.
func (d *DB) UserByTelegram(ctx context.Context, telegramID int64) (teleplay.User, error) {
	return d.user(ctx, `WHERE telegram_id = $1`, telegramID)
}

func (d *DB) user(ctx context.Context, where string, arg any) (u teleplay.User, err error) {
	err = d.read(ctx, "read user", func(t *tx) error {
		u, err = scanUser(t.row(selectUser+where, arg))
		return found(err, "There is no such user.")
	})
	return u, err
}

// lockUser makes this transaction the only one that changes the user's tree until
// it ends. ErrNotFound if there is no such user.
func (t *tx) lockUser(user int32) error {
	var id int32
	return found(t.row(`SELECT id FROM users WHERE id = $1`+t.db.dialect.lockRow(), user).Scan(&id), "There is no such user.")
}

package telegram

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gotd/td/session"
)

// sessionView shows a bot's home key in the KeyStore as gotd's session storage,
// so that telegram.Client and the lanes share one key and one login.
type sessionView struct {
	keys *KeyStore
	bot  int64
}

// sessionVersion is the one that session.Loader reads.
const sessionVersion = 1

type sessionFile struct {
	Version int
	Data    session.Data
}

func (v sessionView) LoadSession(context.Context) ([]byte, error) {
	dc := v.keys.Home(v.bot)
	key, ok := v.keys.Key(v.bot, dc)
	if !ok {
		return nil, session.ErrNotFound
	}
	auth := key.auth()
	b, err := json.Marshal(sessionFile{sessionVersion, session.Data{
		DC: dc, AuthKey: auth.Value[:], AuthKeyID: auth.ID[:], Salt: key.Salt,
	}})
	if err != nil {
		return nil, fmt.Errorf("show key of bot %d: %w", v.bot, err)
	}
	return b, nil
}

// StoreSession keeps the salt. The key is never gotd's to change: lanes make it,
// and a connection whose key the server has lost ends (errKeyLost).
func (v sessionView) StoreSession(_ context.Context, b []byte) error {
	var f sessionFile
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("read session of bot %d: %w", v.bot, err)
	}
	var k Key
	copy(k.Value[:], f.Data.AuthKey)
	k.Salt = f.Data.Salt
	return v.keys.refresh(v.bot, f.Data.DC, k)
}

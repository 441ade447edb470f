package fake

import (
	"fmt"
	"slices"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// export is a login on its way from one DC to another.
type export struct {
	account int64
	dc      int
	until   time.Time
}

// exportLife is how long an exported authorization waits to be imported.
const exportLife = time.Minute

func (w *world) importBot(c *call, r *tg.AuthImportBotAuthorizationRequest) (bin.Encoder, error) {
	if r.APIID <= 0 || r.APIHash == "" {
		return nil, refuse(400, "API_ID_INVALID")
	}
	// The lock is held until the key is logged in: a token that is revoked
	// meanwhile takes this login with it.
	w.mu.Lock()
	defer w.mu.Unlock()
	b, ok := w.byToken(r.BotAuthToken)
	switch {
	case !ok:
		return nil, refuse(400, "ACCESS_TOKEN_INVALID")
	case b.Revoked:
		return nil, refuse(400, "ACCESS_TOKEN_EXPIRED")
	case c.far(b.DC):
		return nil, refuse(303, fmt.Sprintf("USER_MIGRATE_%d", b.DC))
	}
	c.server.stats.loggedIn(b.ID)
	return w.admit(c, b.ID), nil
}

// byToken is the bot with that token. The lock is held.
func (w *world) byToken(token string) (bot, bool) {
	bots := w.sortedBots()
	i := slices.IndexFunc(bots, func(b bot) bool { return b.Token == token })
	if i < 0 {
		return bot{}, false
	}
	return bots[i], true
}

// admit logs the call's key in. The lock is held.
func (w *world) admit(c *call, account int64) bin.Encoder {
	c.key.login(account)
	return &tg.AuthAuthorization{User: w.tlUser(account, account)}
}

func (w *world) exportAuthorization(c *call, r *tg.AuthExportAuthorizationRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.dcs, r.DCID) || (r.DCID == c.dc && w.rules().ExportToOwnDC != "allow") {
		return nil, refuse(400, "DC_ID_INVALID")
	}
	for k, e := range w.exports {
		if !w.now().Before(e.until) {
			delete(w.exports, k)
		}
	}
	token := w.secret("export", c.account, r.DCID, c.msgID, w.now().UnixNano())
	w.exports[string(token)] = export{c.account, r.DCID, w.now().Add(exportLife)}
	return &tg.AuthExportedAuthorization{ID: c.account, Bytes: token}, nil
}

// importAuthorization spends an exported authorization.
func (w *world) importAuthorization(c *call, r *tg.AuthImportAuthorizationRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, ok := w.exports[string(r.Bytes)]
	if !ok || e.account != r.ID || e.dc != c.dc || !w.now().Before(e.until) || w.db.bots.rows[e.account].Revoked {
		return nil, refuse(400, "AUTH_BYTES_INVALID")
	}
	delete(w.exports, string(r.Bytes))
	return w.admit(c, e.account), nil
}

func (w *world) logOut(c *call, _ *tg.AuthLogOutRequest) (bin.Encoder, error) {
	c.key.logout()
	return &tg.AuthLoggedOut{}, nil
}

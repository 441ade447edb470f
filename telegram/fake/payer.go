package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// payer is whom a call is charged to: the account, or the bot that wants to log in.
// 0 = nobody that is known.
func (s *Server) payer(k *call, q wrapped) int64 {
	if q.method != tg.AuthImportBotAuthorizationRequestTypeID || s.world == nil {
		return k.account
	}
	var r tg.AuthImportBotAuthorizationRequest
	if r.Decode(&bin.Buffer{Buf: q.body}) != nil {
		return 0
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	b, _ := s.world.byToken(r.BotAuthToken)
	return b.ID
}

// errTooMany closes a connection above the account's most.
const errTooMany transportError = -429

// counted says whether the connection is the key's account's, which it becomes if
// that may have one more.
func (c *conn) counted(key *authKey) bool {
	account := key.account()
	if old := c.account.Load(); account == 0 || old != nil && old.id == account {
		return true
	}
	return c.server.stats.moved(c, account, int64(c.server.limits.current().ConnectionsPerAccount))
}

package fake

import (
	"fmt"
	"slices"

	"github.com/teleplay/teleplay"
)

// Key makes an auth key of the DC that is logged in as the bot, with its salt, so
// that a test or demo pays for no exchange. Neither counts as a login.
func (s *Server) Key(bot int64, dc int) (value [256]byte, salt int64, err error) {
	k, err := s.madeKey(bot, dc)
	if err != nil {
		return value, 0, err
	}
	return k.key.Value, k.salt(s.opt.Now()), nil
}

func (s *Server) madeKey(account int64, dc int) (*authKey, error) {
	if !slices.Contains(s.opt.DCs, dc) {
		return nil, teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no DC %d", dc))
	}
	if !slices.ContainsFunc(s.world.bots(), func(b bot) bool { return b.ID == account && !b.Revoked }) {
		return nil, teleplay.Fail(teleplay.ErrNotFound, "", fmt.Sprintf("there is no bot %d", account))
	}
	return s.ring.made(dc, account)
}

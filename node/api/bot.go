package api

import "context"

// botInfo answers GET /api/auth/bot-info.
func (a *API) botInfo(_ context.Context, q *request) error {
	bot, ok := a.o.Bot()
	if !ok {
		return errNoBot
	}
	q.answer(200, botShape{bot.Username, text(bot.FirstName), a.o.Version})
	return nil
}

package fake

import (
	"cmp"
	"unicode/utf8"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// ownInfo refuses a call about another bot, and texts for one language: the fake
// knows the texts for everybody alone.
func (w *world) ownInfo(c *call, b tg.InputUserClass, lang string) error {
	if lang != "" {
		return errNotBuilt
	}
	if b == nil {
		return nil
	}
	if id, err := w.userID(c.account, b); err != nil || id != c.account {
		return refuse(400, "BOT_INVALID")
	}
	return nil
}

// setBotInfo changes what a bot says of itself: those of the texts that are given.
func (w *world) setBotInfo(c *call, r *tg.BotsSetBotInfoRequest) (bin.Encoder, error) {
	err := w.change(func() error {
		if err := w.ownInfo(c, r.Bot, r.LangCode); err != nil {
			return err
		}
		b := w.db.bots.rows[c.account]
		for _, part := range []struct {
			get     func() (string, bool)
			into    *string
			longest int
			refusal string
		}{
			{r.GetName, &b.Name, 64, "NAME_INVALID"},
			{r.GetAbout, &b.About, 120, "ABOUT_TOO_LONG"},
			{r.GetDescription, &b.Description, 512, "ABOUT_TOO_LONG"},
		} {
			text, given := part.get()
			if utf8.RuneCountInString(text) > part.longest {
				return refuse(400, part.refusal)
			}
			if given {
				*part.into = text
			}
		}
		w.db.bots.put(b.ID, b)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &tg.BoolTrue{}, nil
}

func (w *world) getBotInfo(c *call, r *tg.BotsGetBotInfoRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ownInfo(c, r.Bot, r.LangCode); err != nil {
		return nil, err
	}
	b := w.db.bots.rows[c.account]
	return &tg.BotsBotInfo{Name: cmp.Or(b.Name, b.Username), About: b.About, Description: b.Description}, nil
}

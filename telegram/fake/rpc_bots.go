package fake

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

func tlCommands(list []command) []tg.BotCommand {
	out := []tg.BotCommand{}
	for _, c := range list {
		out = append(out, tg.BotCommand{Command: c.Command, Description: c.Description})
	}
	return out
}

// defaultScope is all that the fake knows: the menu for everybody, in any language.
func defaultScope(s tg.BotCommandScopeClass, lang string) error {
	if _, ok := s.(*tg.BotCommandScopeDefault); !ok || lang != "" {
		return errNotBuilt
	}
	return nil
}

func (w *world) setBotCommands(c *call, r *tg.BotsSetBotCommandsRequest) (bin.Encoder, error) {
	if err := defaultScope(r.Scope, r.LangCode); err != nil {
		return nil, err
	}
	if len(r.Commands) > 100 {
		return nil, refuse(400, "BOT_COMMANDS_TOO_MUCH")
	}
	list := []command{}
	for _, m := range r.Commands {
		if !madeOf(m.Command, 32, "abcdefghijklmnopqrstuvwxyz0123456789_") {
			return nil, refuse(400, "BOT_COMMAND_INVALID")
		}
		if n := utf8.RuneCountInString(m.Description); n < 1 || n > 256 {
			return nil, refuse(400, "BOT_COMMAND_DESCRIPTION_INVALID")
		}
		list = append(list, command{m.Command, m.Description})
	}
	return w.menu(c, list)
}

func (w *world) menu(c *call, list []command) (bin.Encoder, error) {
	err := w.change(func() error {
		b := w.db.bots.rows[c.account]
		b.Commands = list
		w.db.bots.put(b.ID, b)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &tg.BoolTrue{}, nil
}

func (w *world) resetBotCommands(c *call, r *tg.BotsResetBotCommandsRequest) (bin.Encoder, error) {
	if err := defaultScope(r.Scope, r.LangCode); err != nil {
		return nil, err
	}
	return w.menu(c, []command{})
}

func (w *world) getBotCommands(c *call, r *tg.BotsGetBotCommandsRequest) (bin.Encoder, error) {
	if err := defaultScope(r.Scope, r.LangCode); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return &tg.BotCommandVector{Elems: tlCommands(w.db.bots.rows[c.account].Commands)}, nil
}

func (w *world) setBotCallbackAnswer(c *call, r *tg.MessagesSetBotCallbackAnswerRequest) (bin.Encoder, error) {
	if length16(r.Message) > 200 {
		return nil, refuse(400, "MESSAGE_TOO_LONG")
	}
	if r.URL != "" {
		w.mu.Lock()
		own := w.startsBot(c.account, r.URL)
		w.mu.Unlock()
		if !own {
			return nil, refuse(400, "URL_INVALID")
		}
	}
	err := w.settle(c.account, r.QueryID, answerView{Text: r.Message, Alert: r.Alert, URL: r.URL, CacheTime: r.CacheTime})
	if err != nil {
		return nil, err
	}
	return &tg.BoolTrue{}, nil
}

// startsBot says whether a URL opens the bot's own chat with a start parameter,
// the only kind that an answer to a press may carry where there are no games.
func (w *world) startsBot(account int64, text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.User != nil {
		return false
	}
	name, start := strings.TrimPrefix(u.Path, "/"), u.Query()["start"]
	switch {
	case (u.Scheme == "https" || u.Scheme == "http") && (u.Host == "t.me" || u.Host == "telegram.me"):
	case u.Scheme == "tg" && u.Host == "resolve" && name == "":
		name = u.Query().Get("domain")
	default:
		return false
	}
	return strings.EqualFold(name, w.db.bots.rows[account].Username) && len(start) == 1 && madeOf(start[0], 64, letters+digits+"-_")
}

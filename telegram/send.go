package telegram

import (
	"context"

	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

// Send sends m to a person. The same random is sent once however often it is
// tried; message is 0 when it had been there already.
func (b *MainBot) Send(ctx context.Context, chat int64, m teleplay.Outgoing, random int64) (message int32, err error) {
	err = b.call(ctx, "send message", func(ctx context.Context, api *tg.Client) error {
		peer, err := b.people.peer(ctx, api, chat)
		if err != nil {
			return err
		}
		q := &tg.MessagesSendMessageRequest{
			NoWebpage: true, Peer: peer, Message: m.Text, RandomID: random,
			Entities: entities(m.Entities), ReplyMarkup: buttons(m.Buttons),
		}
		if m.ReplyTo != 0 {
			q.ReplyTo = &tg.InputReplyToMessage{ReplyToMsgID: int(m.ReplyTo)}
		}
		u, err := api.MessagesSendMessage(ctx, q)
		if err != nil {
			return err
		}
		b.feed.sent(u)
		message = newID(u, random)
		return nil
	})
	return message, err
}

// Edit changes a message of the bot; no change is no error.
func (b *MainBot) Edit(ctx context.Context, chat int64, message int32, m teleplay.Outgoing) error {
	return b.call(ctx, "edit message", func(ctx context.Context, api *tg.Client) error {
		peer, err := b.people.peer(ctx, api, chat)
		if err != nil {
			return err
		}
		u, err := api.MessagesEditMessage(ctx, &tg.MessagesEditMessageRequest{
			NoWebpage: true, Peer: peer, ID: int(message), Message: m.Text,
			Entities: entities(m.Entities), ReplyMarkup: buttons(m.Buttons),
		})
		if err == nil {
			b.feed.sent(u)
		}
		return err
	})
}

// Answer ends a press, with a text if there is one; alert shows it in a box. A
// press that has died meanwhile is no error.
func (b *MainBot) Answer(ctx context.Context, query int64, text string, alert bool) error {
	return b.call(ctx, "answer press", func(ctx context.Context, api *tg.Client) error {
		_, err := api.MessagesSetBotCallbackAnswer(ctx, &tg.MessagesSetBotCallbackAnswerRequest{
			QueryID: query, Message: text, Alert: alert,
		})
		return err
	})
}

// SetCommands sets the bot's menu.
func (b *MainBot) SetCommands(ctx context.Context, list []teleplay.Command) error {
	commands := make([]tg.BotCommand, len(list))
	for i, c := range list {
		commands[i] = tg.BotCommand{Command: c.Name, Description: c.Description}
	}
	return b.call(ctx, "set commands", func(ctx context.Context, api *tg.Client) error {
		_, err := api.BotsSetBotCommands(ctx, &tg.BotsSetBotCommandsRequest{
			Scope: &tg.BotCommandScopeDefault{}, Commands: commands,
		})
		return err
	})
}

// newID is the id of the message that was sent with random.
func newID(u tg.UpdatesClass, random int64) int32 {
	if s, ok := u.(*tg.UpdateShortSentMessage); ok {
		return int32(s.ID)
	}
	for _, u := range listOf(u) {
		if id, ok := u.(*tg.UpdateMessageID); ok && id.RandomID == random {
			return int32(id.ID)
		}
	}
	return 0
}

func listOf(u tg.UpdatesClass) []tg.UpdateClass {
	switch u := u.(type) {
	case *tg.Updates:
		return u.Updates
	case *tg.UpdatesCombined:
		return u.Updates
	case *tg.UpdateShort:
		return []tg.UpdateClass{u.Update}
	}
	return nil
}

func entities(list []teleplay.Entity) []tg.MessageEntityClass {
	var out []tg.MessageEntityClass
	for _, e := range list {
		switch e.Kind {
		case "bold":
			out = append(out, &tg.MessageEntityBold{Offset: e.Offset, Length: e.Length})
		case "italic":
			out = append(out, &tg.MessageEntityItalic{Offset: e.Offset, Length: e.Length})
		case "code":
			out = append(out, &tg.MessageEntityCode{Offset: e.Offset, Length: e.Length})
		}
	}
	return out
}

// buttons is nil for none, which leaves a message without markup.
func buttons(rows [][]teleplay.Button) tg.ReplyMarkupClass {
	if len(rows) == 0 {
		return nil
	}
	m := &tg.ReplyInlineMarkup{}
	for _, row := range rows {
		var r tg.KeyboardButtonRow
		for _, b := range row {
			if b.URL != "" {
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonURL{Text: b.Text, URL: b.URL})
			} else {
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonCallback{Text: b.Text, Data: []byte(b.Data)})
			}
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

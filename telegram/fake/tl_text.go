package fake

import (
	"unicode/utf8"

	"github.com/gotd/td/tg"
)

// tlEntities turns formatting into Telegram's.
func tlEntities(list []entity) []tg.MessageEntityClass {
	var out []tg.MessageEntityClass
	for _, e := range list {
		o, l := e.Offset, e.Length
		switch e.Type {
		case "bold":
			out = append(out, &tg.MessageEntityBold{Offset: o, Length: l})
		case "italic":
			out = append(out, &tg.MessageEntityItalic{Offset: o, Length: l})
		case "underline":
			out = append(out, &tg.MessageEntityUnderline{Offset: o, Length: l})
		case "strikethrough":
			out = append(out, &tg.MessageEntityStrike{Offset: o, Length: l})
		case "spoiler":
			out = append(out, &tg.MessageEntitySpoiler{Offset: o, Length: l})
		case "code":
			out = append(out, &tg.MessageEntityCode{Offset: o, Length: l})
		case "pre":
			out = append(out, &tg.MessageEntityPre{Offset: o, Length: l})
		case "blockquote":
			out = append(out, &tg.MessageEntityBlockquote{Offset: o, Length: l})
		case "text_link":
			out = append(out, &tg.MessageEntityTextURL{Offset: o, Length: l, URL: e.URL})
		case "url":
			out = append(out, &tg.MessageEntityURL{Offset: o, Length: l})
		case "bot_command":
			out = append(out, &tg.MessageEntityBotCommand{Offset: o, Length: l})
		}
	}
	return out
}

// fromEntities checks a bot's formatting of text.
func fromEntities(list []tg.MessageEntityClass, text string) ([]entity, error) {
	size := length16(text)
	var out []entity
	for _, e := range list {
		n := entity{Offset: e.GetOffset(), Length: e.GetLength()}
		switch e := e.(type) {
		case *tg.MessageEntityBold:
			n.Type = "bold"
		case *tg.MessageEntityItalic:
			n.Type = "italic"
		case *tg.MessageEntityUnderline:
			n.Type = "underline"
		case *tg.MessageEntityStrike:
			n.Type = "strikethrough"
		case *tg.MessageEntitySpoiler:
			n.Type = "spoiler"
		case *tg.MessageEntityCode:
			n.Type = "code"
		case *tg.MessageEntityPre:
			n.Type = "pre"
		case *tg.MessageEntityBlockquote:
			n.Type = "blockquote"
		case *tg.MessageEntityTextURL:
			n.Type, n.URL = "text_link", e.URL
		case *tg.MessageEntityURL:
			n.Type = "url"
		case *tg.MessageEntityBotCommand:
			n.Type = "bot_command"
		default:
			continue // hashtags, mentions and the like are found by the server itself
		}
		if n.Offset < 0 || n.Length <= 0 || n.Offset+n.Length > size {
			return nil, refuse(400, "ENTITY_BOUNDS_INVALID")
		}
		out = append(out, n)
	}
	return out, nil
}

func tlButtons(rows [][]button) *tg.ReplyInlineMarkup {
	t := &tg.ReplyInlineMarkup{}
	for _, row := range rows {
		var r tg.KeyboardButtonRow
		for _, b := range row {
			switch {
			case b.URL != "":
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonURL{Text: b.Text, URL: b.URL})
			case b.WebApp != "":
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonWebView{Text: b.Text, URL: b.WebApp})
			default:
				r.Buttons = append(r.Buttons, &tg.KeyboardButtonCallback{Text: b.Text, Data: b.bytes()})
			}
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// fromMarkup checks a bot's keyboard. Inline ones are known; nil = none.
func fromMarkup(m tg.ReplyMarkupClass) ([][]button, error) {
	if m == nil {
		return nil, nil
	}
	inline, ok := m.(*tg.ReplyInlineMarkup)
	if !ok {
		return nil, refuse(400, "NOT_IMPLEMENTED")
	}
	var rows [][]button
	for _, r := range inline.Rows {
		var row []button
		for _, b := range r.Buttons {
			n, err := fromButton(b)
			if err != nil {
				return nil, err
			}
			if n.Text == "" {
				return nil, refuse(400, "BUTTON_INVALID")
			}
			row = append(row, n)
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func fromButton(b tg.KeyboardButtonClass) (button, error) {
	switch b := b.(type) {
	case *tg.KeyboardButtonCallback:
		if len(b.Data) == 0 || len(b.Data) > 64 {
			return button{}, refuse(400, "BUTTON_DATA_INVALID")
		}
		if !utf8.Valid(b.Data) {
			return button{Text: b.Text, DataBase64: b.Data}, nil
		}
		return button{Text: b.Text, Data: string(b.Data)}, nil
	case *tg.KeyboardButtonURL:
		return button{Text: b.Text, URL: b.URL}, checkURL(b.URL, false)
	case *tg.KeyboardButtonWebView:
		return button{Text: b.Text, WebApp: b.URL}, checkURL(b.URL, true)
	}
	return button{}, refuse(400, "NOT_IMPLEMENTED")
}

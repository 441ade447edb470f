package fake

import (
	"strings"
	"unicode"

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
		case "text_mention":
			out = append(out, &tg.MessageEntityMentionName{Offset: o, Length: l, UserID: e.User})
		case "url":
			out = append(out, &tg.MessageEntityURL{Offset: o, Length: l})
		case "bot_command":
			out = append(out, &tg.MessageEntityBotCommand{Offset: o, Length: l})
		}
	}
	return out
}

// fromText takes a bot's text and formatting: without the space around it, as the
// real server does. tooLong is the error of one that has more than limit units.
func fromText(text string, list []tg.MessageEntityClass, limit int, tooLong string) (string, []entity, error) {
	entities, err := fromEntities(list, text)
	if err != nil {
		return "", nil, err
	}
	rest := strings.TrimLeftFunc(text, unicode.IsSpace)
	lead := length16(text) - length16(rest)
	rest = strings.TrimRightFunc(rest, unicode.IsSpace)
	size := length16(rest)
	if size > limit {
		return "", nil, refuse(400, tooLong)
	}
	var kept []entity
	for _, e := range entities {
		from, to := max(e.Offset-lead, 0), min(e.Offset-lead+e.Length, size)
		if e.Offset, e.Length = from, to-from; from < to {
			kept = append(kept, e)
		}
	}
	return rest, kept, nil
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
		case *tg.InputMessageEntityMentionName:
			u, ok := e.UserID.(*tg.InputUser)
			if !ok {
				continue
			}
			n.Type, n.User = "text_mention", u.UserID
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

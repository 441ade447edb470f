package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/teleplay/teleplay"
	"golang.org/x/sync/errgroup"
)

// presses handles buttons beside the messages: a person waits for each, and it
// moves no Mark.
func (b *Bot) presses(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(pressesAtOnce)
	for {
		select {
		case <-ctx.Done():
			return g.Wait()
		case p := <-b.o.Feed.Presses():
			if b.mayUse(p.From) { // a stranger's press is met with silence
				g.Go(func() error { b.press(ctx, p); return nil })
			}
		}
	}
}

// press does what a button says. It answers before it changes the message, so that
// the person's screen stops waiting even when the change is slow.
func (b *Bot) press(ctx context.Context, p teleplay.Press) {
	text, m, err := b.pressed(ctx, p)
	if err != nil {
		b.o.Log.Warn("press not done", "user", p.From.ID, "err", err)
		text = "That did not work just now. Try again in a moment."
	}
	if err := b.o.Talk.Answer(ctx, p.Query, text, err != nil); err != nil && ctx.Err() == nil {
		b.o.Log.Warn("press not answered", "user", p.From.ID, "err", err)
	}
	if m == nil {
		return
	}
	if err := b.o.Talk.Edit(ctx, p.From.ID, p.Message, fit(*m)); err != nil && ctx.Err() == nil {
		b.o.Log.Warn("message not changed", "user", p.From.ID, "err", err)
	}
}

// The words of a button's data. Data comes from the client and is trusted for
// nothing but the wish itself.
const (
	unknownButton = "I do not know this button any more. /help lists what I can do."
	gone          = "Not found. It may have been deleted."
)

// pressed is what a press is answered with and what its message becomes; nil = it
// stays.
func (b *Bot) pressed(ctx context.Context, p teleplay.Press) (string, *teleplay.Outgoing, error) {
	user, err := b.o.Library.SeeUser(ctx, p.From)
	if err != nil {
		return "", nil, err
	}
	word, rest, _ := strings.Cut(p.Data, ":")
	var m teleplay.Outgoing
	switch word {
	case "show_files":
		m, err = b.newest(ctx, user)
	case "back_folders":
		m, err = b.folder(ctx, user, 0)
	case "get_web_link":
		m, err = b.webLink(ctx, user)
	case "folder":
		n, ok := parseID(rest)
		if !ok {
			return unknownButton, nil, nil
		}
		m, err = b.folder(ctx, user, n)
	case "file":
		n, ok := parseID(rest)
		if !ok {
			return unknownButton, nil, nil
		}
		m, err = b.file(ctx, user, n)
	case "login":
		code, answer, _ := strings.Cut(rest, ":")
		n, ok := parseID(code)
		match, good := parseMatch(answer)
		if !ok || !good {
			return unknownButton, nil, nil
		}
		return b.answerLogin(ctx, user, n, match)
	case "loginno":
		n, ok := parseID(rest)
		if !ok {
			return unknownButton, nil, nil
		}
		return b.answerLogin(ctx, user, n, -1)
	default:
		return unknownButton, nil, nil
	}
	if errors.Is(err, teleplay.ErrNotFound) {
		return gone, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	return "", &m, nil
}

// parseID reads an id as the bot writes it: digits alone, > 0.
func parseID(s string) (int32, bool) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != s {
		return 0, false
	}
	return int32(n), true
}

// parseMatch reads the answer to a login question: two digits, or yes as 0.
func parseMatch(s string) (int, bool) {
	if s == "yes" {
		return 0, true
	}
	n, ok := parseID(s)
	return int(n), ok && n >= 10 && n <= 99
}

func id(n int32) string { return strconv.Itoa(int(n)) }

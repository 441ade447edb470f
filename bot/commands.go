package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/teleplay/teleplay"
)

// menu is what Telegram offers when a person types a slash.
var menu = []teleplay.Command{
	{Name: "start", Description: "welcome, and the way to the web app"},
	{Name: "myfiles", Description: "your ten newest files"},
	{Name: "folders", Description: "browse your folders"},
	{Name: "newfolder", Description: "make a folder: /newfolder Films"},
	{Name: "login", Description: "log in a device: /login 482913"},
	{Name: "web", Description: "a link that logs you in to the web app"},
	{Name: "help", Description: "what I can do"},
}

// command answers a text. Errors are failures of the machinery; what the person
// did wrong comes back as the answer.
func (b *Bot) command(ctx context.Context, user teleplay.User, u teleplay.Update) (teleplay.Outgoing, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(u.Text), " ")
	word, _, _ = strings.Cut(word, "@") // /help@name_of_bot
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(word) {
	case "/start":
		switch {
		case rest == "":
			return b.welcome(user), nil
		case rest == "web":
			return teleplay.Outgoing{WebLink: true}, nil
		}
		return b.ask(ctx, user, rest)
	case "/help":
		return help(), nil
	case "/login":
		if rest == "" {
			return say("Send the code that your device shows, like this: /login 482913"), nil
		}
		return b.ask(ctx, user, rest)
	case "/web":
		return teleplay.Outgoing{WebLink: true}, nil
	case "/myfiles":
		return b.newest(ctx, user)
	case "/folders":
		return b.folder(ctx, user, 0)
	case "/newfolder":
		return b.newFolder(ctx, user, rest)
	}
	if strings.HasPrefix(word, "/") {
		return say("I do not know " + short(plain(word)) + ". /help lists what I can do."), nil
	}
	return say("Send me a video, music, a photo or any other file and I keep it in your library. /help lists what else I can do."), nil
}

func say(text string) teleplay.Outgoing { return teleplay.Outgoing{Text: text} }

func (b *Bot) welcome(user teleplay.User) teleplay.Outgoing {
	name := plain(user.FirstName)
	if name == "" {
		name = "there"
	}
	return b.withLink(teleplay.Outgoing{
		Text: "Hello " + name + ".\n\nSend me a film, music, a photo or any other file: it is in your library seconds later, and plays in the browser and on the TV.",
		Buttons: [][]teleplay.Button{
			{{Text: "My files", Data: "show_files"}, {Text: "Folders", Data: "back_folders"}},
			{{Text: "Log in to the web app", Data: "get_web_link"}},
		},
	}, "Open the library", "")
}

func help() teleplay.Outgoing {
	var s strings.Builder
	s.WriteString("Send me any file to keep it. The first line of its caption becomes its name.\n")
	for _, c := range menu {
		s.WriteString("\n/" + c.Name + " – " + c.Description)
	}
	return say(s.String())
}

// webLink makes a link that logs in whoever opens it and clicks, once and soon.
func (b *Bot) webLink(ctx context.Context, user teleplay.User) (teleplay.Outgoing, error) {
	raw := make([]byte, 32)
	b.o.Rand(raw)
	key := base64.RawURLEncoding.EncodeToString(raw)
	hash := sha256.Sum256([]byte(key))
	if err := b.o.Library.AddKey(ctx, hash[:], user.ID, b.o.Now().Add(keyLife)); err != nil {
		return teleplay.Outgoing{}, err
	}
	return b.withLink(say("This link logs you in, once, within a minute. Keep it to yourself."), "Open the library", "/auth#k="+key), nil
}

func (b *Bot) newFolder(ctx context.Context, user teleplay.User, name string) (teleplay.Outgoing, error) {
	if name == "" {
		return say("Give the folder a name, like this: /newfolder Films"), nil
	}
	f, err := b.o.Library.AddFolder(ctx, user.ID, name, 0)
	if e := (*teleplay.Error)(nil); errors.As(err, &e) && !errors.Is(err, teleplay.ErrUnavailable) {
		return say("No folder made. " + e.Detail), nil
	}
	if err != nil {
		return teleplay.Outgoing{}, err
	}
	return teleplay.Outgoing{
		Text:    "Folder " + plain(f.Name) + " is there.",
		Buttons: [][]teleplay.Button{{{Text: "Folders", Data: "back_folders"}}},
	}, nil
}

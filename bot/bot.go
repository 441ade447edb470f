// Package bot is what the bot says and does in its private chats: commands,
// uploads, the confirmation of logins.
//
// Messages are handled one after the other, in the order in which Telegram gave
// them, so that the catalog's Mark never passes an update that is unfinished.
// Every answer to a message is first owed (a row of the commit that finishes the
// update) and then sent, so a crash at any point ends with exactly one.
package bot

import (
	"context"
	"log/slog"
	"time"

	"github.com/teleplay/teleplay"
	"golang.org/x/sync/errgroup"
)

// Feed is where updates come from.
type Feed interface {
	Updates() <-chan teleplay.Update
	Presses() <-chan teleplay.Press
}

// Talk sends to private chats. Repeating a random id sends nothing twice.
type Talk interface {
	Send(ctx context.Context, chat int64, m teleplay.Outgoing, random int64) (message int32, err error)
	Edit(ctx context.Context, chat int64, message int32, m teleplay.Outgoing) error
	Answer(ctx context.Context, query int64, text string, alert bool) error
	SetCommands(ctx context.Context, list []teleplay.Command) error
}

// Storage is the storage channel.
type Storage interface {
	// Store forwards a message of a chat; the same random id never stores twice.
	Store(ctx context.Context, chat int64, message int32, document, random int64) (teleplay.Stored, error)
	Delete(ctx context.Context, messages []int32) error
}

// Thumbs fetches a stored file's thumbnail.
type Thumbs interface {
	Thumb(ctx context.Context, message int32) ([]byte, error)
}

// Inbox finishes updates: each call moves the Mark in the commit it makes.
type Inbox interface {
	Received(ctx context.Context, chat int64, message int32) (bool, error)
	AddFile(ctx context.Context, u teleplay.Upload) (teleplay.File, error)
	Reply(ctx context.Context, a teleplay.Answer) error
	Advance(ctx context.Context, m teleplay.Mark) error
}

// Outbox is what the catalog's commits have promised to Telegram.
type Outbox interface {
	Owed(ctx context.Context, limit int) ([]teleplay.Owed, error)
	StrikeOff(ctx context.Context, chat int64, message int32) error
	ChannelDeletes(ctx context.Context, limit int) ([]int32, error)
	ChannelDeleted(ctx context.Context, messages []int32) error
	Changed() <-chan struct{} // closed at the next commit
}

// Shelves is a user's library.
type Shelves interface {
	Files(ctx context.Context, user int32, q teleplay.FileQuery) (teleplay.FileList, error)
	File(ctx context.Context, user, id int32) (teleplay.File, error)
	Folder(ctx context.Context, user, id int32) (teleplay.Folder, error)
	FolderView(ctx context.Context, user, id int32) (teleplay.FolderView, error)
	AddFolder(ctx context.Context, user int32, name string, parent int32) (teleplay.Folder, error)
}

// People knows users and lets them log in.
type People interface {
	SeeUser(ctx context.Context, p teleplay.Person) (teleplay.User, error)
	UserByTelegram(ctx context.Context, id int64) (teleplay.User, error)
	ClaimCode(ctx context.Context, code string, user int32) (teleplay.LoginCode, error)
	AnswerCode(ctx context.Context, id, user int32, match int) (teleplay.LoginCode, error)
	AddKey(ctx context.Context, hash []byte, user int32, expires time.Time) error
}

// Pictures keeps the thumbnails of files.
type Pictures interface {
	ThumbsDue(ctx context.Context, limit int) ([]teleplay.File, error)
	SetThumb(ctx context.Context, file int32, t teleplay.Thumb) error
}

// Library is the catalog as the bot needs it.
type Library interface {
	Inbox
	Outbox
	Shelves
	People
	Pictures
}

// Options says whom the bot serves and with what. Feed, Talk, Storage, Thumbs,
// Library and WebBase are required.
type Options struct {
	Feed    Feed
	Talk    Talk
	Storage Storage
	Thumbs  Thumbs
	Library Library

	WebBase string  // origin of the web app, without a slash at its end
	Allowed []int64 // Telegram ids that may use the bot; empty = everybody

	Now  func() time.Time // default time.Now
	Rand func([]byte)     // fills with secret randomness; default crypto/rand
	Log  *slog.Logger     // default silent
}

// Bot serves private chats. Make one with New.
type Bot struct {
	o           Options
	allowed     map[int64]bool
	buttonLinks bool // a button may lead to the web app

	strangers limiter // who was told that the bot is private
	guesses   limiter // wrong login codes per user
}

// New prepares a bot; nothing is touched before Run.
func New(o Options) *Bot {
	o.setDefaults()
	b := &Bot{o: o, allowed: make(map[int64]bool), buttonLinks: buttonTakes(o.WebBase)}
	for _, id := range o.Allowed {
		b.allowed[id] = true
	}
	b.strangers = limiter{most: 1, per: strangerPause, now: o.Now}
	b.guesses = limiter{most: guessesPerUser, per: guessWindow, now: o.Now}
	return b
}

// Run serves until ctx ends and returns nil after the last of its goroutines.
func (b *Bot) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return b.updates(ctx) })
	g.Go(func() error { return b.presses(ctx) })
	g.Go(func() error { return b.drain(ctx, "send replies", b.sendOwed) })
	g.Go(func() error { return b.drain(ctx, "delete from the channel", b.deleteDue) })
	g.Go(func() error { return b.drain(ctx, "fetch thumbnails", b.fetchThumbs) })
	g.Go(func() error { return b.setCommands(ctx) })
	return g.Wait()
}

// mayUse says whether a person is one of those the bot serves.
func (b *Bot) mayUse(p teleplay.Person) bool {
	return len(b.allowed) == 0 || b.allowed[p.ID]
}

package bot

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"

	"github.com/teleplay/teleplay"
)

// upload stores u's media: forward, then one commit of file, Mark and the reply
// that is owed. Repeating it after a crash finds what was done and goes on.
func (b *Bot) upload(ctx context.Context, user teleplay.User, u teleplay.Update) error {
	if why := refuse(u); why != "" {
		return b.reply(ctx, u, teleplay.Outgoing{Text: why, ReplyTo: u.Message})
	}
	m, random := u.Media, randomID("forward", u.From.ID, u.Message)
	stored, err := b.o.Storage.Store(ctx, u.From.ID, u.Message, m.Document, random)
	switch {
	case errors.Is(err, teleplay.ErrDenied), errors.Is(err, teleplay.ErrInvalid), errors.Is(err, teleplay.ErrNotFound):
		b.o.Log.Error("file not stored", "user", u.From.ID, "message", u.Message, "err", err)
		return b.reply(ctx, u, teleplay.Outgoing{Text: notStoredText(err), ReplyTo: u.Message})
	case err != nil:
		return err
	}
	f, err := b.o.Library.AddFile(ctx, teleplay.Upload{
		File: teleplay.File{
			User: user.ID, Message: stored.Message, Size: m.Size, Date: stored.Date,
			Name: fileName(u), MIME: m.MIME, Kind: fileKind(m),
			Duration: m.Duration, Width: m.Width, Height: m.Height, Placeholder: m.Placeholder,
		},
		Document: m.Document, DC: m.DC, Thumb: m.Thumb,
		Chat: u.From.ID, Source: u.Message, Random: random, Mark: u.Mark,
	})
	if errors.Is(err, teleplay.ErrConflict) {
		// Received was false a moment ago and nobody else adds files: the copy that
		// was found is another file's.
		b.o.Log.Error("file not stored", "user", u.From.ID, "message", u.Message, "err", err)
		return b.reply(ctx, u, teleplay.Outgoing{Text: notStoredText(err), ReplyTo: u.Message})
	}
	if err == nil {
		b.o.Log.Info("file added", "user", user.ID, "file", f.ID)
	}
	return err
}

// refuse says in plain words why u's media cannot be taken; "" = it can.
func refuse(u teleplay.Update) string {
	switch {
	case u.Locked:
		return "Not saved: this message is protected against forwarding. Send the file itself instead."
	case u.Media.Size > teleplay.MaxFileSize:
		return "Not saved: " + size(u.Media.Size) + " is more than the 4 GiB that Telegram can keep in one file. Split it or send a smaller version."
	}
	return ""
}

// notStoredText says why a file was refused for good, without internal text.
func notStoredText(err error) string {
	e := (*teleplay.Error)(nil)
	if errors.As(err, &e) {
		switch e.Code {
		case "protected":
			return "Not saved: this message is protected against forwarding. Send the file itself instead."
		case "channel_admin_required":
			return "Not saved: I may not post in the storage channel. The owner of this library has to make me an admin there; then send the file again."
		}
	}
	if errors.Is(err, teleplay.ErrNotFound) {
		return "Not saved: the message was gone before I could keep it. Send the file again."
	}
	return "Not saved: Telegram refused to keep this file. Send it again, or in another form."
}

// fileKind says what the file is shown as; a film "sent as file" is a video.
func fileKind(m *teleplay.Media) teleplay.FileKind {
	switch m.Kind {
	case teleplay.MediaVideo, teleplay.MediaAnimation, teleplay.MediaVideoNote:
		return teleplay.Video
	case teleplay.MediaAudio, teleplay.MediaVoice:
		return teleplay.Audio
	case teleplay.MediaPhoto:
		return teleplay.Image
	}
	top, _, _ := strings.Cut(strings.ToLower(m.MIME), "/")
	if k, ok := topKinds[top]; ok {
		return k
	}
	if k, ok := extKinds[strings.ToLower(path.Ext(m.FileName))]; ok {
		return k
	}
	return teleplay.Document
}

var topKinds = map[string]teleplay.FileKind{
	"video": teleplay.Video, "audio": teleplay.Audio, "image": teleplay.Image, "text": teleplay.Document,
}

// extKinds serves documents that come as application/octet-stream.
var extKinds = map[string]teleplay.FileKind{
	".mp4": teleplay.Video, ".m4v": teleplay.Video, ".mkv": teleplay.Video, ".webm": teleplay.Video, ".mov": teleplay.Video,
	".avi": teleplay.Video, ".ts": teleplay.Video, ".m2ts": teleplay.Video, ".mpg": teleplay.Video, ".mpeg": teleplay.Video, ".wmv": teleplay.Video,
	".mp3": teleplay.Audio, ".m4a": teleplay.Audio, ".flac": teleplay.Audio, ".ogg": teleplay.Audio, ".opus": teleplay.Audio, ".wav": teleplay.Audio, ".aac": teleplay.Audio,
	".jpg": teleplay.Image, ".jpeg": teleplay.Image, ".png": teleplay.Image, ".gif": teleplay.Image, ".webp": teleplay.Image, ".avif": teleplay.Image,
}

// fileName is the caption's first line with the file's extension, else the name
// the sender gave, else one made of kind and date.
func fileName(u teleplay.Update) string {
	m := u.Media
	sent := clean(path.Base(strings.ReplaceAll(m.FileName, `\`, "/")))
	if sent == "." || sent == "/" {
		sent = ""
	}
	ext := path.Ext(sent)
	if ext == "" {
		ext = kindExt[m.Kind]
	}
	line, _, _ := strings.Cut(strings.TrimSpace(u.Text), "\n")
	title := clean(strings.ReplaceAll(line, "/", "-"))
	if title == "" && sent == "" && m.Title != "" {
		title = clean(strings.ReplaceAll(m.Title, "/", "-"))
		if m.Performer != "" {
			title = clean(strings.ReplaceAll(m.Performer, "/", "-")) + " - " + title
		}
	}
	switch {
	case title == "" && sent != "":
		return cut(sent, ext)
	case title == "":
		title = string(m.Kind) + " " + u.Date.UTC().Format(time.DateTime)
		title = strings.ReplaceAll(title, ":", "-")
	}
	if !strings.EqualFold(path.Ext(title), ext) {
		title += ext
	}
	return cut(title, ext)
}

// kindExt is the extension of what Telegram sends without a name.
var kindExt = map[teleplay.MediaKind]string{
	teleplay.MediaPhoto: ".jpg", teleplay.MediaVoice: ".ogg", teleplay.MediaVideo: ".mp4",
	teleplay.MediaVideoNote: ".mp4", teleplay.MediaAnimation: ".mp4", teleplay.MediaAudio: ".mp3",
}

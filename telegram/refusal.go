package telegram

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

// cure is what a person has to do about err; "" = it heals without anybody.
func cure(err error) string {
	switch judge(err).row {
	case rowStore:
		return "make room on the disk of DATA_DIR, and let this user write there"
	case rowServer:
		return "the server is not who it should be: check TELEGRAM_DC_ADDR and TELEGRAM_PUBLIC_KEY_FILE"
	case rowShut, rowRight:
		return rights(err)
	case rowToken:
		return "check the bot's token and the API id and hash; Telegram said " + said(err)
	}
	return ""
}

func rights(err error) string {
	return "make the bot an administrator of the storage channel, with the rights to post, edit and delete; Telegram said " + said(err)
}

// said is Telegram's own word.
func said(err error) string {
	if e, ok := tgerr.As(err); ok {
		return e.Message
	}
	return err.Error()
}

// The words for those who cannot be helped by asking again.

func missing() error {
	return teleplay.Fail(teleplay.ErrNotFound, "file_missing", "The file is no longer in the storage channel.")
}

func busy(wait time.Duration) error {
	return teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "Telegram asks to wait.").After(max(wait, time.Second))
}

func timedOut() error {
	return teleplay.Fail(teleplay.ErrUnavailable, "upstream_timeout", "Telegram does not answer.").After(5 * time.Second)
}

// unseen is a copy that Telegram says it has made and does not show yet: it may
// come to sight in a moment, or lie further back than anybody looks.
func unseen() error {
	return teleplay.Fail(teleplay.ErrUnavailable, "copy_not_found", "The file's copy is not to be found in the storage channel.").After(2 * time.Second)
}

// refusal turns an error that no retry cures into the root's words.
func refusal(err error) error {
	switch judge(err).row {
	case rowMissing:
		return missing()
	case rowProtected:
		return teleplay.Fail(teleplay.ErrDenied, "protected", "The sender does not allow this file to be forwarded.")
	case rowShut, rowRight:
		f := teleplay.Fail(teleplay.ErrDenied, "channel_admin_required", "The bot has no right to do this in the storage channel.")
		f.Hint = rights(err)
		return f
	case rowBlocked:
		return teleplay.Fail(teleplay.ErrDenied, "blocked", "The person does not take messages from the bot.")
	case rowToken, rowServer:
		f := teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "Telegram does not accept the bot's login.").After(time.Minute)
		f.Hint = cure(err)
		return f
	case rowRefused, rowQuestion, rowReference:
		f := teleplay.Fail(teleplay.ErrInvalid, "refused", "Telegram does not take this.")
		f.Hint = "Telegram said " + said(err)
		return fmt.Errorf("%w (%s)", f, said(err))
	}
	return err
}

// told turns the outcome of a fetch that cannot go on into the root's words.
func (p *Pool) told(what any, err error) error {
	var busyUntil errBusy
	switch {
	case errors.As(err, &busyUntil):
		return fmt.Errorf("fetch %v: %w", what, busy(busyUntil.until.Sub(p.wire.Now())))
	case errors.Is(err, teleplay.ErrNotFound), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("fetch %v: %w", what, err)
	}
	return fmt.Errorf("fetch %v: %w: %w", what, timedOut(), err)
}

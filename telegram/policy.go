package telegram

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gotd/td/exchange"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

// act is what an error of Telegram's asks for.
type act int

const (
	actMove    act = iota // ask another helper at once; the connection mends itself
	actRetry              // the server has trouble: a moment later again
	actPark               // this method of this helper rests for a time
	actRefresh            // fetch the file reference again with the same bot
	actMigrate            // go to the data centre that is named
	actLogin              // the login is gone
	actNewKey             // the key is dead
	actClock              // our idea of the servers' time is wrong
	actStore              // the key store cannot be written
	actMissing            // the storage message is gone
	actShut               // the bot is not in the channel
	actStop               // wrong until the settings change
	actBug                // our question was wrong: never repeat it
	actRefuse             // Telegram says no to this one thing
)

// verdict is an act with its numbers.
type verdict struct {
	act  act
	wait time.Duration // actPark
	dc   int           // actMigrate
}

// rules are matched by the beginning of the error's type, in order. Codes differ
// from method to method, so they say nothing.
var rules = []struct {
	prefix string
	act    act
}{
	{"FLOOD_", actPark}, // FLOOD_WAIT, FLOOD_PREMIUM_WAIT
	{"SLOWMODE_WAIT", actPark},
	{"FILE_REFERENCE_", actRefresh},
	{"FILE_ID_INVALID", actRefresh},
	{"LOCATION_INVALID", actRefresh},
	{"FILE_MIGRATE", actMigrate},
	{"USER_MIGRATE", actMigrate},
	{"AUTH_KEY_DUPLICATED", actNewKey},
	{"AUTH_KEY_UNREGISTERED", actLogin},
	{"AUTH_KEY_INVALID", actNewKey},
	{"AUTH_KEY_PERM_EMPTY", actNewKey},
	{"SESSION_REVOKED", actLogin},
	{"SESSION_EXPIRED", actLogin},
	{"USER_DEACTIVATED", actLogin},
	{"MESSAGE_ID_INVALID", actMissing},
	{"MSG_ID_INVALID", actMissing},
	{"CHANNEL_PRIVATE", actShut},
	{"CHANNEL_INVALID", actShut},
	{"CHANNEL_FORBIDDEN", actShut}, // ours, for a channel that is shown as forbidden
	{"CHAT_ADMIN_REQUIRED", actShut},
	{"CHAT_WRITE_FORBIDDEN", actShut},
	{"MESSAGE_DELETE_FORBIDDEN", actShut},
	{"ACCESS_TOKEN_", actStop},
	{"API_ID_INVALID", actStop},
	{"API_ID_PUBLISHED_FLOOD", actStop},
	{"OFFSET_INVALID", actBug},
	{"LIMIT_INVALID", actBug},
}

// errMissing is a messageEmpty, or a message without a file.
var errMissing = errors.New("the storage message has no file")

// judge decides about an error of a call or a connection.
func judge(err error) verdict {
	if errors.Is(err, errMissing) {
		return verdict{act: actMissing}
	}
	if errors.Is(err, errStore) {
		return verdict{act: actStore}
	}
	if p := (errParked{}); errors.As(err, &p) {
		return verdict{act: actPark, wait: p.wait}
	}
	if wrongTime(err) {
		return verdict{act: actClock}
	}
	if errors.Is(err, errKeyLost) {
		return verdict{act: actNewKey}
	}
	if errors.Is(err, exchange.ErrKeyFingerprintNotFound) {
		return verdict{act: actStop}
	}
	e, ok := tgerr.As(err)
	if !ok {
		return verdict{act: actMove}
	}
	if e.Code == 500 || e.Code == -503 || e.Type == "TIMEOUT" {
		return verdict{act: actRetry}
	}
	for _, r := range rules {
		if !strings.HasPrefix(e.Type, r.prefix) {
			continue
		}
		v := verdict{act: r.act}
		switch r.act {
		case actPark:
			v.wait = time.Duration(max(e.Argument, 1)) * time.Second
		case actMigrate:
			v.dc = e.Argument
		}
		return v
	}
	return verdict{act: actRefuse}
}

// wrongTime recognizes bad_msg_notification 16 and 17, of which gotd shows the
// words alone.
func wrongTime(err error) bool {
	if err == nil {
		return false
	}
	s := err.Error()
	return strings.HasSuffix(s, "msg_id too low") || strings.HasSuffix(s, "msg_id too high")
}

// unseen is a copy that Telegram says it has made and does not show yet: it may
// come to sight in a moment, or lie further back than anybody looks.
func unseen() error {
	return teleplay.Fail(teleplay.ErrUnavailable, "copy_not_found", "The file's copy is not to be found in the storage channel.").After(2 * time.Second)
}

// cure is what a person has to do about err; "" = it heals without anybody.
func cure(err error) string {
	switch judge(err).act {
	case actStop:
	case actStore:
		return "make room on the disk of DATA_DIR, and let this user write there"
	default:
		return ""
	}
	if errors.Is(err, exchange.ErrKeyFingerprintNotFound) {
		return "the server is not who it should be: check TELEGRAM_DC_ADDR and TELEGRAM_PUBLIC_KEY_FILE"
	}
	said := err.Error()
	if e, ok := tgerr.As(err); ok {
		said = e.Message
	}
	return "check the bot's token and the API id and hash; Telegram said " + said
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

// refusal turns an error that no retry cures into the root's words.
func refusal(err error) error {
	e, ok := tgerr.As(err)
	if !ok {
		return err
	}
	switch v := judge(err); {
	case v.act == actMissing:
		return missing()
	case strings.HasPrefix(e.Type, "CHAT_FORWARDS_RESTRICTED"):
		return teleplay.Fail(teleplay.ErrDenied, "protected", "The sender does not allow this file to be forwarded.")
	case v.act == actShut:
		f := teleplay.Fail(teleplay.ErrDenied, "channel_admin_required", "The bot has no right to do this in the storage channel.")
		f.Hint = "make the bot an administrator of the storage channel, with the rights to post, edit and delete; Telegram said " + e.Message
		return f
	case e.Type == "USER_IS_BLOCKED" || e.Type == "INPUT_USER_DEACTIVATED" || e.Type == "PEER_ID_INVALID":
		return teleplay.Fail(teleplay.ErrDenied, "blocked", "The person does not take messages from the bot.")
	case v.act == actStop:
		f := teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", "Telegram does not accept the bot's login.").After(time.Minute)
		f.Hint = cure(err)
		return f
	case v.act == actRefuse, v.act == actBug, v.act == actRefresh:
		f := teleplay.Fail(teleplay.ErrInvalid, "refused", "Telegram does not take this.")
		f.Hint = "Telegram said " + e.Message
		return fmt.Errorf("%w (%s)", f, e.Message)
	}
	return err
}

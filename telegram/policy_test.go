package telegram

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

func TestJudge(t *testing.T) {
	for message, want := range map[string]verdict{
		"FLOOD_WAIT_30":            {act: actPark, wait: 30 * time.Second},
		"FLOOD_PREMIUM_WAIT_3":     {act: actPark, wait: 3 * time.Second},
		"FILE_REFERENCE_EXPIRED":   {act: actRefresh},
		"FILE_REFERENCE_INVALID":   {act: actRefresh},
		"FILE_REFERENCE_EMPTY":     {act: actRefresh},
		"FILE_REFERENCE_0_INVALID": {act: actRefresh},
		"FILE_ID_INVALID":          {act: actRefresh},
		"FILE_MIGRATE_4":           {act: actMigrate, dc: 4},
		"USER_MIGRATE_5":           {act: actMigrate, dc: 5},
		"AUTH_KEY_DUPLICATED":      {act: actNewKey},
		"AUTH_KEY_UNREGISTERED":    {act: actLogin},
		"SESSION_REVOKED":          {act: actLogin},
		"USER_DEACTIVATED":         {act: actLogin},
		"USER_DEACTIVATED_BAN":     {act: actLogin},
		"CHANNEL_PRIVATE":          {act: actShut},
		"CHANNEL_INVALID":          {act: actShut},
		"CHANNEL_FORBIDDEN":        {act: actShut},
		"CHAT_ADMIN_REQUIRED":      {act: actShut},
		"ACCESS_TOKEN_INVALID":     {act: actStop},
		"ACCESS_TOKEN_EXPIRED":     {act: actStop},
		"MESSAGE_ID_INVALID":       {act: actMissing},
		"OFFSET_INVALID":           {act: actBug},
		"LIMIT_INVALID":            {act: actBug},
		"TIMEOUT":                  {act: actRetry},
		"CHAT_FORWARDS_RESTRICTED": {act: actRefuse},
	} {
		for _, code := range []int{400, 401, 406, 420} { // codes say nothing
			err := fmt.Errorf("ask: %w", tgerr.New(code, message))
			if got := judge(err); got != want {
				t.Errorf("%d %s: %+v, want %+v", code, message, got, want)
			}
		}
	}
	for err, want := range map[error]act{
		tgerr.New(500, "RPC_CALL_FAIL"):            actRetry,
		errLate:                                    actMove,
		errors.New("read: connection reset"):       actMove,
		fmt.Errorf("open: %w", errKeyLost):         actNewKey,
		errors.New("rpcDoRequest: msg_id too low"): actClock,
		fmt.Errorf("open: %w", errors.New("rpcDoRequest: msg_id too high")): actClock,
		fmt.Errorf("read message: %w", errMissing):                          actMissing,
	} {
		if got := judge(err); got.act != want {
			t.Errorf("%v: %v, want %v", err, got.act, want)
		}
	}
}

func TestRefusalSpeaksTheRootsWords(t *testing.T) {
	for message, want := range map[string]struct {
		kind error
		code string
	}{
		"CHAT_FORWARDS_RESTRICTED": {teleplay.ErrDenied, "protected"},
		"CHAT_ADMIN_REQUIRED":      {teleplay.ErrDenied, "channel_admin_required"},
		"MESSAGE_ID_INVALID":       {teleplay.ErrNotFound, "file_missing"},
		"USER_IS_BLOCKED":          {teleplay.ErrDenied, "blocked"},
		"MESSAGE_TOO_LONG":         {teleplay.ErrInvalid, "refused"},
		"REPLY_MESSAGE_ID_INVALID": {teleplay.ErrInvalid, "refused"},
		"MEDIA_EMPTY":              {teleplay.ErrInvalid, "refused"},
		"ACCESS_TOKEN_EXPIRED":     {teleplay.ErrUnavailable, "upstream_busy"},
	} {
		err := refusal(fmt.Errorf("ask: %w", tgerr.New(400, message)))
		var e *teleplay.Error
		if !errors.As(err, &e) || !errors.Is(err, want.kind) || e.Code != want.code {
			t.Errorf("%s: %v", message, err)
		}
	}
}

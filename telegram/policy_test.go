package telegram

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/gotd/td/exchange"
	"github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay"
)

func TestJudge(t *testing.T) {
	for message, want := range map[string]verdict{
		"FLOOD_WAIT_30":                {row: rowFlood, wait: 30 * time.Second},
		"FLOOD_PREMIUM_WAIT_3":         {row: rowFlood, wait: 3 * time.Second},
		"SLOWMODE_WAIT_9":              {row: rowFlood, wait: 9 * time.Second},
		"FILE_REFERENCE_EXPIRED":       {row: rowReference},
		"FILE_REFERENCE_INVALID":       {row: rowReference},
		"FILE_REFERENCE_EMPTY":         {row: rowReference},
		"FILE_REFERENCE_0_INVALID":     {row: rowReference},
		"FILE_ID_INVALID":              {row: rowReference},
		"LOCATION_INVALID":             {row: rowReference},
		"FILE_MIGRATE_4":               {row: rowMigrate, dc: 4},
		"USER_MIGRATE_5":               {row: rowMigrate, dc: 5},
		"AUTH_KEY_DUPLICATED":          {row: rowDuplicated},
		"AUTH_KEY_UNREGISTERED":        {row: rowLogin},
		"SESSION_REVOKED":              {row: rowLogin},
		"SESSION_EXPIRED":              {row: rowLogin},
		"USER_DEACTIVATED":             {row: rowLogin},
		"USER_DEACTIVATED_BAN":         {row: rowLogin},
		"AUTH_KEY_INVALID":             {row: rowKey},
		"CHANNEL_PRIVATE":              {row: rowShut},
		"CHANNEL_INVALID":              {row: rowShut},
		"CHANNEL_FORBIDDEN":            {row: rowShut},
		"CHAT_ADMIN_REQUIRED":          {row: rowRight},
		"CHAT_WRITE_FORBIDDEN":         {row: rowRight},
		"ACCESS_TOKEN_INVALID":         {row: rowToken},
		"ACCESS_TOKEN_EXPIRED":         {row: rowToken},
		"API_ID_INVALID":               {row: rowToken},
		"MESSAGE_ID_INVALID":           {row: rowMissing},
		"MSG_ID_INVALID":               {row: rowMissing},
		"OFFSET_INVALID":               {row: rowQuestion},
		"LIMIT_INVALID":                {row: rowQuestion},
		"TIMEOUT":                      {row: rowTrouble},
		"PERSISTENT_TIMESTAMP_INVALID": {row: rowMark},
		"MESSAGE_NOT_MODIFIED":         {row: rowDone},
		"QUERY_ID_INVALID":             {row: rowDone},
		"RANDOM_ID_DUPLICATE":          {row: rowDone},
		"CHAT_FORWARDS_RESTRICTED":     {row: rowProtected},
		"USER_IS_BLOCKED":              {row: rowBlocked},
		"MEDIA_EMPTY":                  {row: rowRefused},
	} {
		want.act = acts[want.row]
		for _, code := range []int{400, 401, 406, 420} { // codes say nothing
			err := fmt.Errorf("ask: %w", tgerr.New(code, message))
			if got := judge(err); got != want {
				t.Errorf("%d %s: %+v, want %+v", code, message, got, want)
			}
		}
	}
	for err, want := range map[error]row{
		tgerr.New(500, "RPC_CALL_FAIL"):       rowTrouble,
		tgerr.New(500, "RANDOM_ID_DUPLICATE"): rowDone,
		tgerr.New(-503, "Timeout"):            rowTrouble,
		errLate:                               rowSilence,
		errors.New("read: connection reset"):  rowConnection,
		errClosed:                             rowConnection,
		fmt.Errorf("read: %w", &codec.ProtocolErr{Code: 429}):               rowCrowd,
		fmt.Errorf("read: %w", &codec.ProtocolErr{Code: 444}):               rowConnection,
		fmt.Errorf("open: %w", errKeyLost):                                  rowKey,
		errors.New("rpcDoRequest: msg_id too low"):                          rowClock,
		fmt.Errorf("open: %w", errors.New("rpcDoRequest: msg_id too high")): rowClock,
		fmt.Errorf("read message: %w", errMissing):                          rowMissing,
		fmt.Errorf("part: %w", errLength):                                   rowBytes,
		errCDN:                                                              rowBytes,
		errSize:                                                             rowBytes,
		errStore:                                                            rowStore,
		errBusy{}:                                                           rowParked,
		exchange.ErrKeyFingerprintNotFound:                                  rowServer,
	} {
		if got := judge(err); got.row != want || got.act != acts[want] {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
	if v := judge(errParked{time.Second}); v != (verdict{row: rowFlood, act: actPark, wait: time.Second}) {
		t.Errorf("a question that rests: %+v", v)
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

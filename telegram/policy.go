package telegram

import (
	"errors"
	"strings"
	"time"

	"github.com/gotd/td/exchange"
	"github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tgerr"
)

// row is one kind of trouble, a row of the policy. Nothing outside this file reads an
// error of Telegram's or of a connection; whoever meets one does what judge says.
type row string

const (
	rowFlood      row = "flood"      // this method of this bot rests X s and up to a tenth more: a download goes to others and its lanes are halved, a login's X outlives the process, a message waits
	rowCrowd      row = "crowd"      // −429: the lane is closed, the bot's lanes are halved, the next comes after laneFirst, then twice as long, up to laneMost
	rowParked     row = "parked"     // all bots rest: the earliest time is told, nobody is asked
	rowReference  row = "reference"  // the reference is fetched anew, once for all who met it; if the fresh one fails too, others; after referencesFail bots nobody
	rowMissing    row = "missing"    // the message or its file is gone: told, and remembered for missingFor
	rowMigrate    row = "migrate"    // to the data centre that is named, which is remembered
	rowShut       row = "shut"       // the bot is not in the channel: out, and tried again after shutFor
	rowRight      row = "right"      // the bot lacks a right there: the same, and a person is told which
	rowLogin      row = "login"      // the login is gone: out at once, a new one after Options.LoginAgain, then twice as long, up to loginMost
	rowKey        row = "key"        // −404: the key is deleted, and a new one made for a new login; not within keyAgain of the last
	rowDuplicated row = "duplicated" // the same, and an alarm: the key is used in two places
	rowToken      row = "token"      // wrong until the settings change
	rowServer     row = "server"     // the same: the server is not who it should be
	rowQuestion   row = "question"   // our bug: an alarm, and never asked again
	rowTrouble    row = "trouble"    // the server's own: for a player others at once, else after firstPause, 4 and 16 times that
	rowSilence    row = "silence"    // no answer in urgentAnswer or bulkAnswer: others; missesMost of them end the connection, and so does silenceMost without a sign of life
	rowConnection row = "connection" // lost or refused: others at once; again after reconnectFirst, then twice as long, up to reconnectMost, each bot at most once in reconnectGap
	rowBytes      row = "bytes"      // another length, a CDN, no file: others; a size that two bots see is the message's, which is then missing
	rowClock      row = "clock"      // bad_msg 16, 17: a new connection that asks for the servers' time
	rowStore      row = "store"      // the key store cannot be written: out, and a person is told
	rowMark       row = "mark"       // the stored place in the updates is of another time: begin with now
	rowDone       row = "done"       // it is so already, or nobody waits for it any more: success
	rowProtected  row = "protected"  // the sender forbids to forward: told
	rowBlocked    row = "blocked"    // the person does not take messages: told
	rowRefused    row = "refused"    // all else that Telegram says no to: told, with what it said
)

// The numbers of the rows.
const (
	referencesFail = 3 // bots
	refreshMost    = 2 // times that one bot fetches a reference for one chunk
	hopsMost       = 2 // how often one follows rowMigrate for one file

	missingFor = time.Minute
	shutFor    = 5 * time.Minute
	loginMost  = time.Hour
	keyAgain   = time.Minute // between two keys of one bot in one data centre

	urgentAnswer = 5 * time.Second  // for one part that a player waits for
	bulkAnswer   = 15 * time.Second // for any other
	// stallMost is how long a fetch goes on without a single part: that of a player
	// so short that it can still be told, another so long that a part which got no
	// answer has time to go to another helper.
	stallMost     = 10 * time.Second
	bulkStallMost = 25 * time.Second
	// A connection that brings nothing for silenceMost is dead: a ping each pingEvery
	// would have been answered. An answer that waits behind others is no reason, so
	// gotd's own judgement of a ping comes long after.
	pingEvery   = 10 * time.Second
	pingAnswer  = 30 * time.Second
	silenceMost = 15 * time.Second
	silenceLook = 5 * time.Second
	missesMost  = 2 // calls in a row without an answer that close the connection

	// What every helper has failed is asked for again after firstPause, 4 times and 16
	// times that, and so on with the last; after roundsMost answers in words the fetch
	// fails.
	firstPause = 100 * time.Millisecond
	lastPause  = 1600 * time.Millisecond
	roundsMost = 3

	// What is tried every reconnectMost is back soon after the servers are, and no try
	// that hangs holds it up.
	reconnectFirst = 200 * time.Millisecond
	reconnectMost  = 3 * time.Second
	reconnectGap   = time.Second // between two connections of one bot that were lost before
	reachTimeout   = 3 * time.Second
	laneFirst      = time.Second // after −429
	laneMost       = time.Minute
)

// act is what an error asks whoever meets it for.
type act int

const (
	actMove    act = iota // ask another helper at once; the connection mends itself
	actRetry              // a moment later again
	actCrowd              // the connection is one too many
	actPark               // this method of this helper rests for a time
	actRefresh            // fetch the file reference again with the same bot
	actMigrate            // go to the data centre that is named
	actLogin              // log in again
	actNewKey             // forget the key, make another
	actClock              // ask for the servers' time
	actStore              // wait for a person to make room
	actMissing            // give the message up
	actShut               // leave this bot out for a time
	actStop               // leave it out until the settings change
	actBug                // never repeat this question
	actAnew               // forget the Mark
	actDone               // take it for a success
	actRefuse             // give this one thing up, and tell
)

// verdict is an act with its numbers.
type verdict struct {
	row  row
	act  act
	wait time.Duration // actPark
	dc   int           // actMigrate
}

// acts is the policy's table.
var acts = map[row]act{
	rowFlood: actPark, rowCrowd: actCrowd, rowParked: actPark, rowReference: actRefresh,
	rowMissing: actMissing, rowMigrate: actMigrate, rowShut: actShut, rowRight: actShut,
	rowLogin: actLogin, rowKey: actNewKey, rowDuplicated: actNewKey, rowToken: actStop,
	rowServer: actStop, rowQuestion: actBug, rowTrouble: actRetry, rowSilence: actMove,
	rowConnection: actMove, rowBytes: actMove, rowClock: actClock, rowStore: actStore,
	rowMark: actAnew, rowDone: actDone, rowProtected: actRefuse, rowBlocked: actRefuse, rowRefused: actRefuse,
}

// rules say by the beginning of an error's type which row it is in. Codes differ
// from method to method, so they say little.
var rules = []struct {
	prefix string
	row    row
}{
	{"FLOOD_", rowFlood}, // FLOOD_WAIT, FLOOD_PREMIUM_WAIT
	{"SLOWMODE_WAIT", rowFlood},
	{"FILE_REFERENCE_", rowReference},
	{"FILE_ID_INVALID", rowReference},
	{"LOCATION_INVALID", rowReference},
	{"MESSAGE_ID_INVALID", rowMissing},
	{"MSG_ID_INVALID", rowMissing},
	{"FILE_MIGRATE", rowMigrate},
	{"USER_MIGRATE", rowMigrate},
	{"CHANNEL_PRIVATE", rowShut},
	{"CHANNEL_INVALID", rowShut},
	{"CHANNEL_FORBIDDEN", rowShut}, // ours, for a channel that is shown as forbidden
	{"CHAT_ADMIN_REQUIRED", rowRight},
	{"CHAT_WRITE_FORBIDDEN", rowRight},
	{"MESSAGE_DELETE_FORBIDDEN", rowRight},
	{"AUTH_KEY_UNREGISTERED", rowLogin},
	{"SESSION_REVOKED", rowLogin},
	{"SESSION_EXPIRED", rowLogin},
	{"USER_DEACTIVATED", rowLogin},
	{"AUTH_KEY_INVALID", rowKey},
	{"AUTH_KEY_PERM_EMPTY", rowKey},
	{"AUTH_KEY_DUPLICATED", rowDuplicated},
	{"ACCESS_TOKEN_", rowToken},
	{"API_ID_INVALID", rowToken},
	{"API_ID_PUBLISHED_FLOOD", rowToken},
	{"OFFSET_INVALID", rowQuestion},
	{"LIMIT_INVALID", rowQuestion},
	{"TIMEOUT", rowTrouble},
	{"PERSISTENT_TIMESTAMP_INVALID", rowMark},
	{"MESSAGE_NOT_MODIFIED", rowDone},
	{"QUERY_ID_INVALID", rowDone},
	{"RANDOM_ID_DUPLICATE", rowDone}, // a 500
	{"CHAT_FORWARDS_RESTRICTED", rowProtected},
	{"USER_IS_BLOCKED", rowBlocked},
	{"INPUT_USER_DEACTIVATED", rowBlocked},
	{"PEER_ID_INVALID", rowBlocked},
}

// judge decides about an error of a call or a connection.
func judge(err error) verdict {
	v := verdict{row: rowOf(err)}
	v.act = acts[v.row]
	e, said := tgerr.As(err)
	switch p := (errParked{}); {
	case v.act == actPark && errors.As(err, &p):
		v.wait = p.wait
	case v.act == actPark && said:
		v.wait = time.Duration(max(e.Argument, 1)) * time.Second
	case v.act == actMigrate:
		v.dc = e.Argument
	}
	return v
}

func rowOf(err error) row {
	var sent *codec.ProtocolErr
	switch {
	case errors.Is(err, errMissing):
		return rowMissing
	case errors.Is(err, errStore):
		return rowStore
	case errors.As(err, new(errParked)):
		return rowFlood
	case errors.As(err, new(errBusy)):
		return rowParked
	case wrongTime(err):
		return rowClock
	case errors.Is(err, errKeyLost):
		return rowKey
	case errors.Is(err, exchange.ErrKeyFingerprintNotFound):
		return rowServer
	case errors.As(err, &sent) && sent.Code == codec.CodeTransportFlood:
		return rowCrowd
	case useless(err), errors.Is(err, errSize):
		return rowBytes
	}
	e, said := tgerr.As(err)
	switch {
	case !said && errors.Is(err, errLate):
		return rowSilence
	case !said:
		return rowConnection
	}
	for _, r := range rules {
		if strings.HasPrefix(e.Type, r.prefix) {
			return r.row
		}
	}
	if e.Code == 500 || e.Code == -503 {
		return rowTrouble
	}
	return rowRefused
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

// ranOut says that a reference has lived its time.
func ranOut(err error) bool { return tgerr.Is(err, "FILE_REFERENCE_EXPIRED") }

// useless says that err is of a filePart: an answer came, but the bytes did not.
func useless(err error) bool {
	return errors.Is(err, errLength) || errors.Is(err, errCDN) || errors.Is(err, errGarbled)
}

// answered says that a question with this outcome was answered, be it in vain.
func answered(err error) bool {
	_, said := tgerr.As(err)
	return err == nil || said || useless(err)
}

// unsent says that err is a broken connection's and no answer to a question.
func unsent(err error) bool {
	switch judge(err).row {
	case rowConnection, rowCrowd, rowClock:
		return true
	}
	return false
}

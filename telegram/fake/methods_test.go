package fake

import (
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// TestHomeOnly: a login that was brought to another DC serves files, nothing else.
func TestHomeOnly(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	for _, r := range []bin.Encoder{
		&tg.UpdatesGetStateRequest{},
		&tg.UsersGetUsersRequest{ID: []tg.InputUserClass{&tg.InputUserSelf{}}},
		&tg.MessagesSendMessageRequest{Peer: &tg.InputPeerUser{UserID: person}, Message: "x", RandomID: 1},
		&tg.ChannelsGetChannelsRequest{ID: []tg.InputChannelClass{&tg.InputChannel{ChannelID: channelID}}},
	} {
		_, err := do[bin.Encoder](b, mainBot, 4, r)
		refused(t, err, 303, "USER_MIGRATE_2")
		if _, err := do[bin.Encoder](b, mainBot, 2, r); err != nil {
			t.Errorf("%T at home: %v", r, err)
		}
	}
	for _, r := range []bin.Encoder{
		&tg.UploadSaveFilePartRequest{FileID: 1, Bytes: []byte("x")}, &tg.AuthExportAuthorizationRequest{DCID: 2}, &tg.HelpGetNearestDCRequest{},
	} {
		if _, err := do[bin.Encoder](b, mainBot, 4, r); err != nil {
			t.Errorf("%T at another DC: %v", r, err)
		}
	}
}

// TestNoUpdatesAway: neither a session at another DC nor one at a media_only
// address is told of updates, whatever it asks.
func TestNoUpdatesAway(t *testing.T) {
	w := served(t)
	far := must(w.world.addBot(bot{DC: 4}))(t)
	list := w.addressList()
	media := list[len(list)-1]
	for name, c := range map[string]struct {
		at      address
		account int64
		migrate string
	}{"another DC": {list[1], mainBot, "USER_MIGRATE_2"}, "media_only": {media, far.ID, "USER_MIGRATE_4"}} {
		if name == "media_only" && (!media.MediaOnly || media.DC != far.DC) {
			t.Fatalf("%+v is no media_only address of the bot's home", media)
		}
		client := w.clientAt(c.at, c.account)
		if text := client.failure(client.send(layered(228, &tg.UpdatesGetStateRequest{}))); text != c.migrate {
			t.Errorf("%s: getState says %q", name, text)
		}
		must(w.world.send(person, c.account, letter{Text: "hello"}))(t)
		client.silent(nearest)
	}
}

package fake

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay"
)

func TestLoginRefused(t *testing.T) {
	b := newBench(t, Options{})
	token := b.bots()[0].Token
	must(b.changeBot(otherBot, []byte(`{"revoked":true}`)))(t)
	for _, c := range []struct {
		dc, id      int
		hash, token string
		code        int
		want        string
	}{
		{2, 0, "fake", token, 400, "API_ID_INVALID"}, {2, 1, "", token, 400, "API_ID_INVALID"}, {2, 1, "fake", "nonsense", 400, "ACCESS_TOKEN_INVALID"},
		{2, 1, "fake", token + "x", 400, "ACCESS_TOKEN_INVALID"}, {2, 1, "fake", b.bots()[1].Token, 400, "ACCESS_TOKEN_EXPIRED"}, {4, 1, "fake", token, 303, "USER_MIGRATE_2"},
	} {
		_, err := do[bin.Encoder](b, 0, c.dc, &tg.AuthImportBotAuthorizationRequest{APIID: c.id, APIHash: c.hash, BotAuthToken: c.token})
		refused(t, err, c.code, c.want)
	}
	_, err := do[bin.Encoder](b, otherBot, 2, &tg.UpdatesGetStateRequest{})
	refused(t, err, 401, "AUTH_KEY_UNREGISTERED")
}

func TestExportRefused(t *testing.T) {
	b := newBench(t, Options{})
	for _, dc := range []int{2, 3} { // its own, and none
		_, err := do[bin.Encoder](b, mainBot, 2, &tg.AuthExportAuthorizationRequest{DCID: dc})
		refused(t, err, 400, "DC_ID_INVALID")
	}
	e := must(do[*tg.AuthExportedAuthorization](b, mainBot, 2, &tg.AuthExportAuthorizationRequest{DCID: 4}))(t)
	_, err := do[bin.Encoder](b, 0, 2, &tg.AuthImportAuthorizationRequest{ID: e.ID, Bytes: e.Bytes})
	refused(t, err, 400, "AUTH_BYTES_INVALID") // it is for DC 4
	must(b.changeSettings([]byte(`{"export_to_own_dc":"allow"}`)))(t)
	must(do[*tg.AuthExportedAuthorization](b, mainBot, 2, &tg.AuthExportAuthorizationRequest{DCID: 2}))(t)
}

func TestIdsAreTakenOnce(t *testing.T) {
	b := newBench(t, Options{})
	must(b.post(channelID, []item{{Media: film(1, 10)}, {Media: film(2, 10)}}))(t)
	for _, token := range []string{"1700000001:abc", "777000001:abc", "7000001:abc"} {
		if _, err := b.addBot(bot{Token: token}); !errors.Is(err, teleplay.ErrConflict) {
			t.Errorf("token %q: %v", token, err)
		}
	}
	for _, token := range []string{"9:", "9", ":abc", "-9:abc", "9:a b", " 9:abc"} {
		if _, err := b.addBot(bot{Token: token}); !errors.Is(err, teleplay.ErrInvalid) {
			t.Errorf("token %q: %v", token, err)
		}
	}
	if _, err := b.addUser(user{ID: channelID, FirstName: "A"}); !errors.Is(err, teleplay.ErrConflict) {
		t.Errorf("a user with the channel's id: %v", err)
	}
	must(b.addBot(bot{Token: "777000002:abc"}))(t)
	if u := must(b.addUser(user{FirstName: "A"}))(t); u.ID == 777000002 {
		t.Error("a user has a bot's id")
	}
	if box := b.db.boxes.rows[channelID]; box.Last != 2 || box.PTS != 3 {
		t.Errorf("the channel's box is %+v", box)
	}
}

func TestMenu(t *testing.T) {
	b := newBench(t, Options{})
	set := func(name, description string) error {
		_, err := do[bin.Encoder](b, mainBot, 2, &tg.BotsSetBotCommandsRequest{
			Scope: &tg.BotCommandScopeDefault{}, Commands: []tg.BotCommand{{Command: name, Description: description}},
		})
		return err
	}
	refused(t, set("Start", "x"), 400, "BOT_COMMAND_INVALID")
	refused(t, set("start", ""), 400, "BOT_COMMAND_DESCRIPTION_INVALID")
	if err := set("start", "Begin"); err != nil {
		t.Fatal(err)
	}
	got := must(do[*tg.BotCommandVector](b, mainBot, 2, &tg.BotsGetBotCommandsRequest{Scope: &tg.BotCommandScopeDefault{}}))(t)
	if len(got.Elems) != 1 || got.Elems[0].Command != "start" {
		t.Errorf("the menu is %v", got)
	}
	if diff := cmp.Diff([]command{{"start", "Begin"}}, b.bots()[0].Commands); diff != "" {
		t.Error(diff)
	}
}

func TestPatches(t *testing.T) {
	b := newBench(t, Options{})
	for _, patch := range []string{`{"channel_role":"king"}`, `{"rights":["fly"]}`, `{"token":"x"}`, `[]`, `{"revoked":"yes"}`, `{"nothing":null}`} {
		if got, err := b.changeBot(mainBot, []byte(patch)); err == nil {
			t.Errorf("%s makes %+v", patch, got)
		}
	}
	before := b.bots()[0]
	must(b.changeBot(mainBot, []byte(`{"rights":["edit"]}`)))(t)
	if diff := cmp.Diff([]string{"post", "edit", "delete"}, before.Rights); diff != "" {
		t.Errorf("the change wrote over what was given out:\n%s", diff)
	}
	if got := must(b.changeBot(mainBot, []byte(`{"rights":null}`)))(t); len(got.Rights) != 3 {
		t.Errorf("null makes %+v", got)
	}
	if c := must(b.changeChannel(channelID, []byte(`{"protected":true,"title":"Films"}`)))(t); !c.Protected || c.Title != "Films" {
		t.Errorf("%+v", c)
	}
}

func TestStrangers(t *testing.T) {
	b := newBench(t, Options{})
	ask := func(in tg.InputUserClass) int {
		return len(must(do[*tg.UserClassVector](b, mainBot, 2, &tg.UsersGetUsersRequest{ID: []tg.InputUserClass{in}}))(t).Elems)
	}
	full := func(in tg.InputUserClass) error {
		_, err := do[bin.Encoder](b, mainBot, 2, &tg.UsersGetFullUserRequest{ID: in})
		return err
	}
	bare, hash := &tg.InputUser{UserID: person}, &tg.InputUser{UserID: person, AccessHash: b.accessHash(mainBot, "user", person)}
	if ask(bare) != 0 || ask(&tg.InputUser{UserID: otherBot}) != 0 || ask(hash) != 1 || ask(&tg.InputUser{UserID: mainBot}) != 1 {
		t.Error("a bot knows strangers, or not itself")
	}
	refused(t, full(bare), 400, "USER_ID_INVALID")
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	if ask(bare) != 1 || full(bare) != nil {
		t.Error("a bot does not know who has written to it")
	}
}

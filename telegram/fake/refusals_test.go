package fake

import (
	"strconv"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// TestNoMadeUpSuccess: what is not built is refused, whatever else was asked.
func TestNoMadeUpSuccess(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Media: film(7, 5000)}))(t)
	must(b.post(channelID, []item{{Media: film(8, 5000)}}))(t)
	random := int64(0)
	message := func(set func(*tg.MessagesSendMessageRequest)) bin.Encoder {
		random++
		r := &tg.MessagesSendMessageRequest{Peer: toPerson(), Message: "x", RandomID: random}
		set(r)
		return r
	}
	media := func(m tg.InputMediaClass) bin.Encoder {
		random++
		return &tg.MessagesSendMediaRequest{Peer: toPerson(), Media: m, RandomID: random}
	}
	copied := func(set func(*tg.MessagesForwardMessagesRequest)) bin.Encoder {
		random++
		r := forward(b, 1, random)
		set(r)
		return r
	}
	replies := func(to tg.InputReplyToClass) bin.Encoder {
		return message(func(r *tg.MessagesSendMessageRequest) { r.SetReplyTo(to) })
	}
	channel := &tg.InputChannel{ChannelID: channelID}
	for name, r := range map[string]bin.Encoder{
		"schedule_date":        message(func(r *tg.MessagesSendMessageRequest) { r.SetScheduleDate(2_000_000_000) }),
		"send_as":              message(func(r *tg.MessagesSendMessageRequest) { r.SetSendAs(&tg.InputPeerSelf{}) }),
		"effect":               message(func(r *tg.MessagesSendMessageRequest) { r.SetEffect(1) }),
		"invert_media":         message(func(r *tg.MessagesSendMessageRequest) { r.InvertMedia = true }),
		"reply to a story":     replies(&tg.InputReplyToStory{Peer: &tg.InputPeerSelf{}, StoryID: 1}),
		"reply in a topic":     replies(&tg.InputReplyToMessage{ReplyToMsgID: 1, TopMsgID: 1}),
		"quote":                replies(&tg.InputReplyToMessage{ReplyToMsgID: 1, QuoteText: "x"}),
		"scheduled forward":    copied(func(r *tg.MessagesForwardMessagesRequest) { r.SetScheduleDate(2_000_000_000) }),
		"forward into a topic": copied(func(r *tg.MessagesForwardMessagesRequest) { r.SetTopMsgID(1) }),
		"ttl":                  media(&tg.InputMediaUploadedPhoto{File: &tg.InputFile{ID: 1, Parts: 1}, TTLSeconds: 5}),
		"spoiler":              media(&tg.InputMediaUploadedDocument{File: &tg.InputFile{ID: 1, Parts: 1}, MimeType: "a/b", Spoiler: true}),
		"video_cover":          media(&tg.InputMediaDocument{ID: &tg.InputDocument{ID: 1}, VideoCover: &tg.InputPhotoEmpty{}}),
		"other media":          media(&tg.InputMediaDice{Emoticon: "x"}),
		"commands in German": &tg.BotsSetBotCommandsRequest{Scope: &tg.BotCommandScopeDefault{}, LangCode: "de",
			Commands: []tg.BotCommand{{Command: "anfang", Description: "x"}}},
		"filter": &tg.UpdatesGetChannelDifferenceRequest{Channel: channel, Pts: 1, Limit: 10,
			Filter: &tg.ChannelMessagesFilter{Ranges: []tg.MessageRange{{MinID: 1, MaxID: 2}}}},
		"delete for oneself": &tg.MessagesDeleteMessagesRequest{ID: []int{1}},
		"pinned":             &tg.ChannelsGetMessagesRequest{Channel: channel, ID: []tg.InputMessageClass{&tg.InputMessagePinned{}}},
	} {
		if _, err := do[bin.Encoder](b, mainBot, 2, r); err == nil || err.Error() != errNotBuilt.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if box := b.db.boxes.rows[mainBot]; box.Last != 1 || b.db.boxes.rows[channelID].Last != 1 {
		t.Errorf("something was written: %+v", box)
	}
	plain := message(func(r *tg.MessagesSendMessageRequest) {
		r.NoWebpage, r.Silent, r.Background, r.ClearDraft, r.UpdateStickersetsOrder, r.AllowPaidFloodskip = true, true, true, true, true, true
	})
	if _, err := do[bin.Encoder](b, mainBot, 2, plain); err != nil {
		t.Errorf("flags that change nothing: %v", err)
	}
	_, err := do[bin.Encoder](b, mainBot, 2, &tg.MessagesGetMessagesRequest{ID: []tg.InputMessageClass{&tg.InputMessageCallbackQuery{ID: 1, QueryID: 5}}})
	refused(t, err, 400, "QUERY_ID_INVALID")
}

func TestReplies(t *testing.T) {
	b := newBench(t, Options{})
	other := must(b.addUser(user{FirstName: "A"}))(t)
	for _, id := range []int64{person, person, other.ID} {
		must(b.send(id, mainBot, letter{Text: "hello"}))(t)
	}
	if err := b.deleteLetter(person, mainBot, 2); err != nil {
		t.Fatal(err)
	}
	reply := func(to int) (*tg.Updates, error) {
		r := &tg.MessagesSendMessageRequest{Peer: toPerson(), Message: "re", RandomID: int64(to) + 100}
		r.SetReplyTo(&tg.InputReplyToMessage{ReplyToMsgID: to})
		return do[*tg.Updates](b, mainBot, 2, r)
	}
	for _, to := range []int{-1, 999, 3} { // never there, never there, in another chat
		_, err := reply(to)
		refused(t, err, 400, "REPLY_MESSAGE_ID_INVALID")
	}
	for to, want := range map[int]bool{1: true, 2: false, 0: false} { // there, gone, none
		m := must(reply(to))(t).Updates[1].(*tg.UpdateNewMessage).Message.(*tg.Message)
		if (m.ReplyTo != nil) != want {
			t.Errorf("reply to %d: %v", to, m.ReplyTo)
		}
	}
}

// TestRightsInChannel: own posts take the right to post, others' their own right.
func TestRightsInChannel(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Media: film(7, 5000), Text: "c"}))(t)
	withHeader := forward(b, 1, 5)
	withHeader.DropAuthor = false
	must(do[*tg.Updates](b, mainBot, 2, withHeader))(t)
	for n := range 4 {
		must(do[*tg.Updates](b, mainBot, 2, forward(b, 1, int64(n+6))))(t)
	}
	n := 0
	edit := func(account int64, id int) error {
		n++
		r := &tg.MessagesEditMessageRequest{Peer: inputChannel(b, account), ID: id}
		r.SetMessage("edited " + strconv.Itoa(n))
		_, err := do[bin.Encoder](b, account, 2, r)
		return err
	}
	remove := func(account int64, id int) error {
		_, err := do[bin.Encoder](b, account, 2, &tg.ChannelsDeleteMessagesRequest{Channel: &tg.InputChannel{ChannelID: channelID}, ID: []int{id}})
		return err
	}
	rights := func(account int64, patch string) { must(b.changeBot(account, []byte(patch)))(t) }
	refused(t, edit(mainBot, 1), 403, "MESSAGE_AUTHOR_REQUIRED") // forwarded: somebody else's words
	rights(mainBot, `{"channel_role":"member"}`)
	refused(t, edit(mainBot, 2), 400, "CHAT_ADMIN_REQUIRED")
	refused(t, remove(mainBot, 2), 400, "CHAT_ADMIN_REQUIRED")
	rights(mainBot, `{"channel_role":"admin","rights":[]}`)
	refused(t, edit(mainBot, 2), 400, "CHAT_ADMIN_REQUIRED")
	refused(t, remove(mainBot, 2), 400, "CHAT_ADMIN_REQUIRED")
	rights(mainBot, `{"rights":["post"]}`)
	rights(otherBot, `{"rights":["post"]}`)
	refused(t, edit(otherBot, 2), 403, "MESSAGE_AUTHOR_REQUIRED")
	refused(t, remove(otherBot, 2), 403, "MESSAGE_DELETE_FORBIDDEN")
	rights(otherBot, `{"rights":["edit","delete"]}`)
	for _, err := range []error{edit(mainBot, 2), edit(otherBot, 2), remove(otherBot, 3), remove(mainBot, 2)} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestTextIsTrimmed(t *testing.T) {
	b := newBench(t, Options{})
	must(b.send(person, mainBot, letter{Text: "/start"}))(t)
	send := &tg.MessagesSendMessageRequest{Peer: toPerson(), Message: " \nhello \n", RandomID: 1,
		Entities: []tg.MessageEntityClass{&tg.MessageEntityBold{Offset: 0, Length: 4}, &tg.MessageEntityItalic{Offset: 7, Length: 2}}}
	m := must(do[*tg.Updates](b, mainBot, 2, send))(t).Updates[1].(*tg.UpdateNewMessage).Message.(*tg.Message)
	if bold := m.Entities[0].(*tg.MessageEntityBold); m.Message != "hello" || len(m.Entities) != 1 || bold.Offset != 0 || bold.Length != 2 {
		t.Errorf("sent as %q, %v", m.Message, m.Entities)
	}
	edit := &tg.MessagesEditMessageRequest{Peer: toPerson(), ID: 2, Entities: m.Entities}
	edit.SetMessage("hello  \n")
	_, err := do[bin.Encoder](b, mainBot, 2, edit)
	refused(t, err, 400, "MESSAGE_NOT_MODIFIED")
}

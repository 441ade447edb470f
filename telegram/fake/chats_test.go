package fake

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

func TestTalk(t *testing.T) {
	b := newBench(t, Options{})
	to := &tg.InputPeerUser{UserID: person, AccessHash: b.accessHash(mainBot, "user", person)}
	say := func(random int64, text string, markup tg.ReplyMarkupClass) (*tg.Updates, error) {
		r := &tg.MessagesSendMessageRequest{Peer: to, Message: text, RandomID: random}
		if markup != nil {
			r.SetReplyMarkup(markup)
		}
		return do[*tg.Updates](b, mainBot, 2, r)
	}
	_, err := say(1, "hello", nil)
	refused(t, err, 400, "PEER_ID_INVALID") // nobody has written to the bot yet
	must(b.send(person, mainBot, letter{Text: "/start ABC"}))(t)
	if e := b.pushed[0].u.Updates[0].(*tg.UpdateNewMessage).Message.(*tg.Message).Entities[0].(*tg.MessageEntityBotCommand); e.Length != 6 {
		t.Errorf("the command is %d units long", e.Length)
	}
	keys := tlButtons([][]button{{{Text: "A", Data: "data-a"}, {Text: "U", URL: "http://127.0.0.1:8000/auth"}}})
	u := must(say(1, "press", keys))(t)
	m := u.Updates[1].(*tg.UpdateNewMessage).Message.(*tg.Message)
	if from, ok := m.GetFromID(); !m.Out || !ok || from.(*tg.PeerUser).UserID != mainBot || m.ID != 2 {
		t.Errorf("outgoing message %v", m)
	}
	_, err = say(1, "press", nil)
	refused(t, err, 500, "RANDOM_ID_DUPLICATE")
	_, err = say(2, " ", nil)
	refused(t, err, 400, "MESSAGE_EMPTY")
	_, err = say(2, string(make([]byte, 4097)), nil)
	refused(t, err, 400, "MESSAGE_TOO_LONG")
	_, err = say(2, "x", tlButtons([][]button{{{Text: "A", Data: string(make([]byte, 65))}}}))
	refused(t, err, 400, "BUTTON_DATA_INVALID")
	_, err = say(2, "x", tlButtons([][]button{{{Text: "A", URL: "http://localhost/"}}}))
	refused(t, err, 400, "BUTTON_URL_INVALID")

	edit := &tg.MessagesEditMessageRequest{Peer: to, ID: 2}
	edit.SetMessage("press")
	edit.SetReplyMarkup(keys)
	_, err = do[bin.Encoder](b, mainBot, 2, edit)
	refused(t, err, 400, "MESSAGE_NOT_MODIFIED")
	edit.ID = 77
	_, err = do[bin.Encoder](b, mainBot, 2, edit)
	refused(t, err, 400, "MESSAGE_ID_INVALID")
	edit.ID = 2
	edit.SetMessage("changed")
	edited := must(do[*tg.Updates](b, mainBot, 2, edit))(t).Updates[0].(*tg.UpdateEditMessage).Message.(*tg.Message)
	if edited.Message != "changed" || edited.EditDate == 0 {
		t.Errorf("edited to %v", edited)
	}

	r := &tg.MessagesSendMessageRequest{Peer: to, Message: "you there", RandomID: 4, Entities: []tg.MessageEntityClass{
		&tg.InputMessageEntityMentionName{Length: 3, UserID: &tg.InputUser{UserID: person}}}}
	mention := must(do[*tg.Updates](b, mainBot, 2, r))(t).Updates[1].(*tg.UpdateNewMessage).Message.(*tg.Message)
	if e, ok := mention.Entities[0].(*tg.MessageEntityMentionName); !ok || e.UserID != person || e.Length != 3 {
		t.Errorf("the mention is %v", mention.Entities)
	}
	must(do[*tg.MessagesAffectedMessages](b, mainBot, 2, &tg.MessagesDeleteMessagesRequest{Revoke: true, ID: []int{mention.ID}}))(t)

	if err := b.block(person, mainBot, true); err != nil {
		t.Fatal(err)
	}
	_, err = say(3, "x", nil)
	refused(t, err, 400, "USER_IS_BLOCKED")
	v := must(b.chat(t.Context(), person, mainBot, 1, 0))(t)
	if len(v.Messages) != 1 || v.Messages[0].Text != "changed" || v.Rev != 5 || v.Messages[0].Buttons[0][1].URL == "" {
		t.Errorf("the user sees %+v", v)
	}
	gone := must(do[*tg.MessagesAffectedMessages](b, mainBot, 2, &tg.MessagesDeleteMessagesRequest{Revoke: true, ID: []int{2, 55}}))(t)
	if gone.PtsCount != 1 || gone.Pts != 7 {
		t.Errorf("deleted: %v", gone)
	}
	if v = must(b.chat(t.Context(), person, mainBot, 5, 0))(t); !cmp.Equal(v.Deleted, []int32{2}) || v.Rev != 6 {
		t.Errorf("the user sees %+v", v)
	}
}

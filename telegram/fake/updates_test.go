package fake

import (
	"fmt"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

func TestPtsAndDifference(t *testing.T) {
	b := newBench(t, Options{})
	s := must(do[*tg.UpdatesState](b, mainBot, 2, &tg.UpdatesGetStateRequest{}))(t)
	if s.Pts != 1 {
		t.Fatalf("pts begins at %d", s.Pts)
	}
	for i := range 5 {
		must(b.send(person, mainBot, letter{Text: fmt.Sprint("hello ", i)}))(t)
	}
	if u := b.pushed[0].u.Updates[0].(*tg.UpdateNewMessage); u.Pts != 2 || u.PtsCount != 1 {
		t.Errorf("the first update has pts %d", u.Pts)
	}
	must(b.editLetter(person, mainBot, 2, "changed"))(t)
	if err := b.deleteLetter(person, mainBot, 3); err != nil {
		t.Fatal(err)
	}
	must(b.changeSettings([]byte(`{"difference_slice":3}`)))(t)
	slice := must(do[*tg.UpdatesDifferenceSlice](b, mainBot, 2, &tg.UpdatesGetDifferenceRequest{Pts: 1, Date: s.Date}))(t)
	if len(slice.NewMessages) != 2 || slice.IntermediateState.Pts != 4 || len(slice.Users) != 2 {
		t.Errorf("%d messages, %d users, pts %d", len(slice.NewMessages), len(slice.Users), slice.IntermediateState.Pts)
	}
	must(b.changeSettings([]byte(`{"difference_slice":null}`)))(t)
	d := must(do[*tg.UpdatesDifference](b, mainBot, 2, &tg.UpdatesGetDifferenceRequest{Pts: 4, Date: s.Date}))(t)
	if len(d.NewMessages) != 2 || len(d.OtherUpdates) != 2 || d.State.Pts != 8 {
		t.Errorf("%d messages, %d updates, pts %d", len(d.NewMessages), len(d.OtherUpdates), d.State.Pts)
	}
	must(do[*tg.UpdatesDifferenceEmpty](b, mainBot, 2, &tg.UpdatesGetDifferenceRequest{Pts: 8, Date: s.Date}))(t)
	must(b.changeSettings([]byte(`{"difference_too_long":true}`)))(t)
	long := must(do[*tg.UpdatesDifferenceTooLong](b, mainBot, 2, &tg.UpdatesGetDifferenceRequest{Pts: 4, Date: s.Date}))(t)
	if long.Pts != 8 {
		t.Errorf("too long, to pts %d", long.Pts)
	}
	if _, err := do[bin.Encoder](b, 0, 2, &tg.UpdatesGetStateRequest{}); true {
		refused(t, err, 401, "AUTH_KEY_UNREGISTERED")
	}
}

func TestDeleteInChannel(t *testing.T) {
	b := newBench(t, Options{})
	must(b.post(channelID, []item{{Media: film(1, 10)}, {Media: film(2, 10)}, {Media: film(3, 10)}}))(t)
	in := &tg.InputChannel{ChannelID: channelID}
	must(b.changeBot(otherBot, []byte(`{"rights":["post"]}`)))(t)
	_, err := do[bin.Encoder](b, otherBot, 2, &tg.ChannelsDeleteMessagesRequest{Channel: in, ID: []int{1}})
	refused(t, err, 403, "MESSAGE_DELETE_FORBIDDEN")
	b.pushed = nil
	a := must(do[*tg.MessagesAffectedMessages](b, mainBot, 2, &tg.ChannelsDeleteMessagesRequest{Channel: in, ID: []int{1, 2, 987654}}))(t)
	if a.PtsCount != 2 || a.Pts != 6 || len(b.pushed) != 4 {
		t.Errorf("%v, %d pushes", a, len(b.pushed))
	}
	m := must(do[*tg.MessagesChannelMessages](b, otherBot, 2, &tg.ChannelsGetMessagesRequest{Channel: in, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: 1}, &tg.InputMessageID{ID: 3}}}))(t)
	if _, ok := m.Messages[0].(*tg.MessageEmpty); !ok || m.Messages[1].GetID() != 3 || m.Pts != 6 {
		t.Errorf("messages %v", m.Messages)
	}
	d := must(do[*tg.UpdatesChannelDifference](b, otherBot, 2, &tg.UpdatesGetChannelDifferenceRequest{Channel: in, Filter: &tg.ChannelMessagesFilterEmpty{}, Pts: 1, Limit: 100}))(t)
	if len(d.NewMessages) != 1 || len(d.OtherUpdates) != 1 || !d.Final || d.Pts != 6 {
		t.Errorf("difference %v", d)
	}
	_, err = do[bin.Encoder](b, mainBot, 2, &tg.ChannelsGetMessagesRequest{Channel: &tg.InputChannel{ChannelID: channelID, AccessHash: 12345}, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: 1}}})
	refused(t, err, 400, "CHANNEL_INVALID")
}

func TestDifferenceRefused(t *testing.T) {
	b := newBench(t, Options{})
	must(b.post(channelID, []item{{Media: film(1, 10)}}))(t)
	channel := func(pts, limit int) bin.Encoder {
		return &tg.UpdatesGetChannelDifferenceRequest{Channel: &tg.InputChannel{ChannelID: channelID}, Filter: &tg.ChannelMessagesFilterEmpty{}, Pts: pts, Limit: limit}
	}
	for _, c := range []struct {
		r    bin.Encoder
		want string
	}{
		{&tg.UpdatesGetDifferenceRequest{Pts: 1}, "DATE_EMPTY"},
		{&tg.UpdatesGetDifferenceRequest{Date: 1}, "PERSISTENT_TIMESTAMP_EMPTY"},
		{&tg.UpdatesGetDifferenceRequest{Pts: 2, Date: 1}, "PERSISTENT_TIMESTAMP_INVALID"},
		{channel(0, 10), "PERSISTENT_TIMESTAMP_EMPTY"}, {channel(3, 10), "PERSISTENT_TIMESTAMP_INVALID"}, {channel(1, 0), "LIMIT_INVALID"}, {channel(1, -1), "LIMIT_INVALID"},
	} {
		_, err := do[bin.Encoder](b, mainBot, 2, c.r)
		refused(t, err, 400, c.want)
	}
}

package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// channelDifferenceMax is the most events of one getChannelDifference.
const channelDifferenceMax = 100

func (w *world) state(pts int) tg.UpdatesState {
	return tg.UpdatesState{Pts: pts, Date: int(w.now().Unix()), Seq: 1}
}

func (w *world) getState(c *call, _ *tg.UpdatesGetStateRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state(w.db.boxes.rows[c.account].PTS)
	return &s, nil
}

func (w *world) getDifference(c *call, r *tg.UpdatesGetDifferenceRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.db.boxes.rows[c.account]
	now := b.PTS
	switch {
	case r.Pts <= 0:
		return nil, refuse(400, "PERSISTENT_TIMESTAMP_EMPTY")
	case r.Date <= 0:
		return nil, refuse(400, "DATE_EMPTY")
	case r.Pts > now:
		return nil, refuse(400, "PERSISTENT_TIMESTAMP_INVALID")
	case r.Pts == now:
		return &tg.UpdatesDifferenceEmpty{Date: int(w.now().Unix()), Seq: 1}, nil
	}
	if limit, ok := r.GetPtsTotalLimit(); w.rules().DifferenceTooLong || r.Pts < b.Floor || (ok && now-r.Pts > limit) {
		return &tg.UpdatesDifferenceTooLong{Pts: now}, nil
	}
	limit := w.rules().DifferenceSlice
	if l, ok := r.GetPtsLimit(); ok && l > 0 {
		limit = min(limit, l)
	}
	fresh, other, n, end := w.since(c.account, c.account, r.Pts, limit)
	users, chats := n.tl(w, c.account)
	state := w.state(end)
	if end < now {
		return &tg.UpdatesDifferenceSlice{NewMessages: fresh, OtherUpdates: other, Users: users, Chats: chats, IntermediateState: state}, nil
	}
	return &tg.UpdatesDifference{NewMessages: fresh, OtherUpdates: other, Users: users, Chats: chats, State: state}, nil
}

func (w *world) getChannelDifference(c *call, r *tg.UpdatesGetChannelDifferenceRequest) (bin.Encoder, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, err := w.channelOf(c.account, r.Channel)
	if err != nil {
		return nil, err
	}
	b := w.db.boxes.rows[id]
	_, all := r.Filter.(*tg.ChannelMessagesFilterEmpty)
	switch {
	case !all:
		return nil, errNotBuilt
	case r.Pts <= 0:
		return nil, refuse(400, "PERSISTENT_TIMESTAMP_EMPTY")
	case r.Limit <= 0:
		return nil, refuse(400, "LIMIT_INVALID")
	case r.Pts > b.PTS:
		return nil, refuse(400, "PERSISTENT_TIMESTAMP_INVALID")
	case r.Pts == b.PTS:
		return &tg.UpdatesChannelDifferenceEmpty{Final: true, Pts: b.PTS}, nil
	case w.rules().DifferenceTooLong || r.Pts < b.Floor:
		return w.channelTooLong(c.account, id, b), nil
	}
	limit := min(channelDifferenceMax, r.Limit)
	fresh, other, n, end := w.since(c.account, id, r.Pts, limit)
	n.channel(id)
	users, chats := n.tl(w, c.account)
	return &tg.UpdatesChannelDifference{Final: end == b.PTS, Pts: end, NewMessages: fresh, OtherUpdates: other, Users: users, Chats: chats}, nil
}

// channelTooLong gives the newest message and the channel's pts instead of what
// happened.
func (w *world) channelTooLong(account, id int64, b box) bin.Encoder {
	d := &tg.Dialog{Peer: &tg.PeerChannel{ChannelID: id}, TopMessage: int(b.Last)}
	d.SetPts(b.PTS)
	var n named
	n.channel(id)
	t := &tg.UpdatesChannelDifferenceTooLong{Final: true, Dialog: d, Messages: []tg.MessageClass{}}
	if m, ok := w.find(id, b.Last); ok {
		t.Messages = append(t.Messages, w.tlMessage(account, id, m))
	}
	t.Users, t.Chats = n.tl(w, account)
	return t
}

package fake

import "github.com/gotd/td/tg"

// update is an event of a box as viewer gets it; none when the message is gone by
// now.
func (w *world) update(viewer, boxID int64, pts int, e event) []tg.UpdateClass {
	count := len(e.IDs)
	inChannel := w.isChannel(boxID)
	if e.What == eventDelete {
		ids := make([]int, count)
		for i, id := range e.IDs {
			ids[i] = int(id)
		}
		if inChannel {
			return []tg.UpdateClass{&tg.UpdateDeleteChannelMessages{ChannelID: boxID, Messages: ids, Pts: pts, PtsCount: count}}
		}
		return []tg.UpdateClass{&tg.UpdateDeleteMessages{Messages: ids, Pts: pts, PtsCount: count}}
	}
	m, ok := w.find(boxID, e.IDs[0])
	if !ok {
		return nil
	}
	t := w.tlMessage(viewer, boxID, m)
	switch {
	case inChannel && e.What == eventNew:
		return []tg.UpdateClass{&tg.UpdateNewChannelMessage{Message: t, Pts: pts, PtsCount: count}}
	case inChannel:
		return []tg.UpdateClass{&tg.UpdateEditChannelMessage{Message: t, Pts: pts, PtsCount: count}}
	case e.What == eventNew:
		return []tg.UpdateClass{&tg.UpdateNewMessage{Message: t, Pts: pts, PtsCount: count}}
	}
	return []tg.UpdateClass{&tg.UpdateEditMessage{Message: t, Pts: pts, PtsCount: count}}
}

// updates wraps updates with everybody they name. Seq 0: they are ordered by pts
// alone.
func (w *world) updates(viewer int64, list ...tg.UpdateClass) *tg.Updates {
	var n named
	for _, u := range list {
		switch u := u.(type) {
		case *tg.UpdateNewMessage:
			w.nameIn(&n, viewer, u.Message)
		case *tg.UpdateEditMessage:
			w.nameIn(&n, viewer, u.Message)
		case *tg.UpdateNewChannelMessage:
			w.nameIn(&n, channelID, u.Message)
		case *tg.UpdateEditChannelMessage:
			w.nameIn(&n, channelID, u.Message)
		case *tg.UpdateDeleteChannelMessages:
			n.channel(u.ChannelID)
		case *tg.UpdateChannel:
			n.channel(u.ChannelID)
		case *tg.UpdateBotCallbackQuery:
			n.user(u.UserID)
		}
	}
	t := &tg.Updates{Updates: list, Date: int(w.now().Unix())}
	t.Users, t.Chats = n.tl(w, viewer)
	return t
}

func (w *world) nameIn(n *named, boxID int64, m tg.MessageClass) {
	if found, ok := w.find(boxID, int32(m.GetID())); ok {
		n.message(w, boxID, found)
	}
}

// since walks through the events of a box after pts, at most limit of them. It
// stops at the pts that it gives back.
func (w *world) since(viewer, boxID int64, pts, limit int) (fresh []tg.MessageClass, other []tg.UpdateClass, n named, end int) {
	fresh, other, end = []tg.MessageClass{}, []tg.UpdateClass{}, pts
	for at := pts + 1; at <= w.db.boxes.rows[boxID].PTS && limit > 0; at++ {
		e, ok := w.db.events.rows[eventKey{boxID, at}]
		if !ok {
			continue // in the middle of a deletion of many
		}
		limit--
		end = at
		for _, u := range w.update(viewer, boxID, at, e) {
			switch u := u.(type) {
			case *tg.UpdateNewMessage:
				fresh = append(fresh, u.Message)
			case *tg.UpdateNewChannelMessage:
				fresh = append(fresh, u.Message)
			default:
				other = append(other, u)
			}
			w.nameAll(&n, boxID, e)
		}
	}
	return fresh, other, n, end
}

func (w *world) nameAll(n *named, boxID int64, e event) {
	for _, id := range e.IDs {
		if m, ok := w.find(boxID, id); ok {
			n.message(w, boxID, m)
		}
	}
}

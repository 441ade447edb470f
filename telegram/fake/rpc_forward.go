package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// forwardMessages copies messages to another place, all of them or none. Ids that
// are not there are passed over, unless none is.
func (w *world) forwardMessages(c *call, r *tg.MessagesForwardMessagesRequest) (bin.Encoder, error) {
	if err := honour(r.Flags, forwardHonours...); err != nil {
		return nil, err
	}
	if len(r.ID) == 0 {
		return nil, refuse(400, "MESSAGE_IDS_EMPTY")
	}
	if len(r.ID) != len(r.RandomID) {
		return nil, refuse(400, "RANDOM_ID_INVALID")
	}
	if len(r.ID) > maxIDs {
		return nil, refuse(400, "LIMIT_INVALID")
	}
	if err := distinct(r.RandomID); err != nil {
		return nil, err
	}
	var t *tg.Updates
	err := w.change(func() error {
		from, err := w.target(c.account, r.FromPeer)
		if err != nil {
			return err
		}
		to, err := w.target(c.account, r.ToPeer)
		if err != nil {
			return err
		}
		if err := w.mayWrite(c.account, to); err != nil {
			return err
		}
		if reply, err := w.replyTo(to, r.ReplyTo); err != nil {
			return err
		} else if reply != 0 {
			return errNotBuilt // a copy that replies
		}
		copies, randoms, err := w.copies(c, from, r)
		if err != nil {
			return err
		}
		before := make([]sentAs, len(copies))
		for i, random := range randoms { // before anything is written
			if before[i], _, err = w.sent(c.account, random); err != nil {
				return err
			}
		}
		for i, m := range copies {
			if before[i].ID == 0 {
				before[i] = w.write(c, to, m, randoms[i])
			}
		}
		t = w.sentUpdates(c.account, randoms, before)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// distinct refuses a call that names one random_id twice.
func distinct(randoms []int64) error {
	own := map[int64]bool{}
	for _, random := range randoms {
		if own[random] {
			return refuse(500, "RANDOM_ID_DUPLICATE")
		}
		own[random] = true
	}
	return nil
}

// copies are the messages as they will stand in the new place, with their random ids.
func (w *world) copies(c *call, from target, r *tg.MessagesForwardMessagesRequest) ([]chatMessage, []int64, error) {
	var list []chatMessage
	var randoms []int64
	albums := map[int64]int64{}
	for i, id := range r.ID {
		old, ok := w.find(from.box, int32(id))
		if !ok || old.Chat != from.user {
			continue
		}
		if old.Protected || (from.user == 0 && w.db.channels.rows[from.box].Protected) {
			return nil, nil, refuse(400, "CHAT_FORWARDS_RESTRICTED")
		}
		m := chatMessage{Text: old.Text, Entities: old.Entities, Document: old.Document, Silent: r.Silent, Protected: r.Noforwards}
		if r.DropMediaCaptions && m.Document != 0 {
			m.Text, m.Entities = "", nil
		}
		if !r.DropAuthor {
			m.Origin, m.OriginAt = old.Origin, old.OriginAt
			if m.Origin == nil {
				m.Origin, m.OriginAt = &origin{Peer: old.From}, old.Date
				if from.user == 0 {
					m.Origin.Peer = from.box
				}
			}
		}
		if old.Grouped != 0 {
			if albums[old.Grouped] == 0 {
				albums[old.Grouped] = w.album()
			}
			m.Grouped = albums[old.Grouped]
		}
		list, randoms = append(list, m), append(randoms, r.RandomID[i])
	}
	if len(list) == 0 {
		return nil, nil, refuse(400, "MESSAGE_ID_INVALID")
	}
	return list, randoms, nil
}

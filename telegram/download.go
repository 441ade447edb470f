package telegram

import "context"

// download resolves a storage message and calls get with its document and the
// lane to ask. What the same bot can cure is cured and get called again: an old
// reference once, a login that the data centre does not know once, another data
// centre. What remains is noted on the helper and returned.
func (h *helper) download(ctx context.Context, message int32, get func(context.Context, *lane, *document) error) error {
	refreshed, carried, hops := false, false, 0
	for {
		d, err := h.resolve(ctx, message)
		if err != nil {
			h.suffer(getMessages, h.lane(0), err)
			return err
		}
		l := h.lane(d.dc)
		err = get(ctx, l, d)
		switch v := judge(err); {
		case err == nil:
			d.good.Store(true)
			return nil
		case v.act == actRefresh && !refreshed && h.messages.stale(message, d, h.wire.Now()):
			refreshed = true
			h.met(v.row)
		case v.act == actMigrate && hops < hopsMost:
			hops++
			h.met(v.row)
			h.messages.moved(message, d, v.dc)
		case v.act == actLogin && l != h.lane(0) && !carried:
			carried = true
			if err := h.carry(ctx, l.dc, l); err != nil {
				h.suffer(getFile, l, err)
				return err
			}
		default:
			h.suffer(getFile, l, err)
			return err
		}
	}
}

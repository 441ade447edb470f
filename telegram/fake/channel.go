package fake

import (
	"cmp"
	"maps"
	"slices"
)

// channel is the storage channel.
type channel struct {
	Title     string `json:"title"`
	Protected bool   `json:"protected"` // forwarding from it is forbidden
	Date      int64  `json:"date"`
}

func (c channel) view(id int64) channelView {
	return channelView{ID: id, Peer: -1000000000000 - id, Title: c.Title, Protected: c.Protected}
}

func (w *world) channels() []channelView {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []channelView
	for _, id := range slices.SortedFunc(maps.Keys(w.db.channels.rows), cmp.Compare) {
		list = append(list, w.db.channels.rows[id].view(id))
	}
	return list
}

// channelPatch is what PATCH /channels may change.
type channelPatch struct {
	Title     string `json:"title"`
	Protected bool   `json:"protected"`
}

// changeChannel merges a JSON object into the channel; null = the default.
func (w *world) changeChannel(id int64, patch []byte) (channelView, error) {
	var c channel
	err := w.change(func() error {
		var ok bool
		if c, ok = w.db.channels.rows[id]; !ok {
			return notFound("channel")
		}
		p, err := merge(channelPatch{c.Title, c.Protected}, channelPatch{channelTitle, false}, patch)
		if err != nil {
			return err
		}
		if p.Title == "" {
			return invalid("title is empty")
		}
		c.Title, c.Protected = p.Title, p.Protected
		w.db.channels.put(id, c)
		return nil
	})
	return c.view(id), err
}

// posts is a page of the channel's messages with ids above after.
func (w *world) posts(id int64, after int32, limit int) (channelPage, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.isChannel(id) {
		return channelPage{}, notFound("channel")
	}
	p := channelPage{Messages: []postView{}, LastID: w.db.boxes.rows[id].Last}
	for n := max(after, 0) + 1; n <= p.LastID && len(p.Messages) < limit; n++ {
		if m, ok := w.find(id, n); ok {
			p.Messages = append(p.Messages, w.postView(m))
		}
	}
	return p, nil
}

func (w *world) postView(m chatMessage) postView {
	return postView{messageView: w.view(m), PostedBy: m.From, Random: m.Random, ForwardHeader: m.Origin != nil}
}

// post puts files into the channel in its owner's name: all of them or none.
func (w *world) post(id int64, items []item) ([]postView, error) {
	if len(items) == 0 || len(items) > 1000 {
		return nil, invalid("1 to 1000 items, not %d", len(items))
	}
	check := func() error {
		if !w.isChannel(id) {
			return notFound("channel")
		}
		return nil
	}
	pieces, err := w.asked(check, func() ([]piece, error) { return w.fromItems(items) })
	if err != nil {
		return nil, err
	}
	var list []postView
	err = w.change(func() error {
		if err := check(); err != nil {
			return err
		}
		for _, p := range pieces {
			list = append(list, w.postView(w.add(id, w.whole(p), 0)))
		}
		return nil
	})
	return list, err
}

// piece is a message to come, and its file; nil = it has none.
type piece struct {
	message chatMessage
	file    *document
}

// whole is the message with its file, which is kept from now on.
func (w *world) whole(p piece) chatMessage {
	if p.file != nil {
		p.message.Document = w.file(*p.file)
	}
	return p.message
}

// asked checks under the lock, and then makes without it what takes its time.
func (w *world) asked(check func() error, make func() ([]piece, error)) ([]piece, error) {
	w.mu.Lock()
	err := check()
	w.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return make()
}

// fromItems makes the files and captions of messages to come. The lock must not be
// held.
func (w *world) fromItems(items []item) ([]piece, error) {
	for i, it := range items {
		if it.Media == nil {
			return nil, invalid("item %d has no media", i)
		}
		if length16(it.Text) > maxCaption {
			return nil, refuse(400, "MEDIA_CAPTION_TOO_LONG")
		}
	}
	var list []piece
	for _, it := range items {
		d, err := w.prepare(*it.Media)
		if err != nil {
			return nil, err
		}
		list = append(list, piece{chatMessage{Text: it.Text}, &d})
	}
	return list, nil
}

// unpost deletes a message of the channel; the bots are told.
func (w *world) unpost(id int64, m int32) error {
	return w.change(func() error {
		if !w.isChannel(id) {
			return notFound("channel")
		}
		if w.remove(id, []int32{m}, 0) == 0 {
			return notFound("message")
		}
		return nil
	})
}

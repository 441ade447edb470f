package fake

import (
	"strconv"
	"sync"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// callsKept is how many of the newest calls the log remembers.
const callsKept = 200_000

// callEntry is one finished call, in the shape of GET /calls.
type callEntry struct {
	Seq        int64     `json:"seq"`
	Date       stamp     `json:"date"`
	Method     string    `json:"method"`
	Account    int64     `json:"account"`
	DC         int       `json:"dc"`
	Place      int       `json:"place"`
	Connection int64     `json:"connection"`
	Args       *callArgs `json:"args,omitempty"`
	Result     string    `json:"result"` // ok, the error's text, or lost: a fault has swallowed it
	Took       span      `json:"took"`
	Bytes      int64     `json:"bytes"` // of a file
	Fault      int64     `json:"fault,omitempty"`
}

// callArgs is the part of a call's arguments that tests look at.
type callArgs struct {
	Document  int64    `json:"document_id,string,omitempty"`
	Offset    *int64   `json:"offset,omitempty"`
	Limit     int      `json:"limit,omitempty"`
	IDs       []int    `json:"ids,omitempty"`
	RandomIDs []string `json:"random_ids,omitempty"`

	wrong    bool // a getFile that asks for no part: it takes nothing of a limit
	messages int  // that it sends or edits, for the limits
	chat     int64
}

// argsOf reads the arguments that are logged; nil = none.
func argsOf(method uint32, body []byte) *callArgs {
	b := &bin.Buffer{Buf: body}
	switch method {
	case tg.UploadGetFileRequestTypeID:
		var r tg.UploadGetFileRequest
		if r.Decode(b) != nil {
			return nil
		}
		a := &callArgs{Offset: &r.Offset, Limit: r.Limit, wrong: checkPart(r.Offset, r.Limit, r.Precise) != nil}
		switch l := r.Location.(type) {
		case *tg.InputDocumentFileLocation:
			a.Document = l.ID
		case *tg.InputPhotoFileLocation:
			a.Document = l.ID
		}
		return a
	case tg.MessagesForwardMessagesRequestTypeID:
		var r tg.MessagesForwardMessagesRequest
		if r.Decode(b) != nil {
			return nil
		}
		a := &callArgs{IDs: r.ID, messages: len(r.ID), chat: chatOf(r.ToPeer)}
		for _, id := range r.RandomID {
			a.RandomIDs = append(a.RandomIDs, strconv.FormatInt(id, 10))
		}
		return a
	case tg.MessagesSendMessageRequestTypeID:
		var r tg.MessagesSendMessageRequest
		if r.Decode(b) != nil {
			return nil
		}
		return &callArgs{messages: 1, chat: chatOf(r.Peer)}
	case tg.MessagesSendMediaRequestTypeID:
		var r tg.MessagesSendMediaRequest
		if r.Decode(b) != nil {
			return nil
		}
		return &callArgs{messages: 1, chat: chatOf(r.Peer)}
	case tg.MessagesSendMultiMediaRequestTypeID:
		var r tg.MessagesSendMultiMediaRequest
		if r.Decode(b) != nil {
			return nil
		}
		return &callArgs{messages: len(r.MultiMedia), chat: chatOf(r.Peer)}
	case tg.MessagesEditMessageRequestTypeID:
		var r tg.MessagesEditMessageRequest
		if r.Decode(b) != nil {
			return nil
		}
		return &callArgs{messages: 1, chat: chatOf(r.Peer)}
	}
	return nil
}

// logged is what the log shows of them; nil = nothing.
func (a *callArgs) logged() *callArgs {
	if a == nil || a.Offset == nil && a.IDs == nil {
		return nil
	}
	return a
}

// chatOf tells a bot's chats apart; a channel is below 0.
func chatOf(p tg.InputPeerClass) int64 {
	switch p := p.(type) {
	case *tg.InputPeerChannel:
		return -p.ChannelID
	case *tg.InputPeerUser:
		return p.UserID
	}
	return 0
}

// callLog is the newest calls in the order in which they ended.
type callLog struct {
	mu      sync.Mutex
	ring    []callEntry
	last    int64
	changed chan struct{} // closed at the next call
}

func newCallLog() *callLog { return &callLog{changed: make(chan struct{})} }

func (l *callLog) add(e callEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.Seq = l.last
	if len(l.ring) < callsKept {
		l.ring = append(l.ring, e)
	} else {
		l.ring[(l.last-1)%callsKept] = e
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// callFilter says which calls are wanted; zero = all.
type callFilter struct {
	Method   string
	Account  int64
	Document int64
}

func (f callFilter) match(e *callEntry) bool {
	return (f.Method == "" || f.Method == e.Method) && (f.Account == 0 || f.Account == e.Account) &&
		(f.Document == 0 || e.Args != nil && e.Args.Document == f.Document)
}

// list is up to limit calls after a seq, oldest first; the seq of the last one
// looked at, which is the next after; how many were forgotten before they could
// be listed; and a channel that is closed when there is something newer.
func (l *callLog) list(f callFilter, after int64, limit int) (calls []callEntry, last, lost int64, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls = []callEntry{}
	first := l.last - int64(len(l.ring)) // the seq before the oldest one kept
	lost = max(first-after, 0)
	last = max(after, first)
	for ; last < l.last && len(calls) < limit; last++ {
		if e := &l.ring[last%callsKept]; f.match(e) {
			calls = append(calls, *e)
		}
	}
	return calls, last, lost, l.changed
}

package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// wrapped is a query, and what the wrappers around it said; once it has arrived,
// layer and inited are the key's.
type wrapped struct {
	layer     int // 0 = not said
	inited    bool
	noUpdates bool
	after     []int64 // it must wait for these queries
	method    uint32
	body      []byte // of the method itself
}

// unwrap takes off invokeWithLayer, initConnection, invokeWithoutUpdates,
// invokeAfterMsg and gzip_packed, in any order.
func unwrap(body []byte) (w wrapped, err error) {
	for {
		if body, err = unzip(body); err != nil {
			return w, err
		}
		b := &bin.Buffer{Buf: body}
		id, err := b.ID()
		if err != nil {
			return w, err
		}
		switch id {
		case tg.InvokeWithLayerRequestTypeID:
			if w.layer, err = b.Int(); err != nil {
				return w, err
			}
		case tg.InitConnectionRequestTypeID:
			if err := skipInit(b); err != nil {
				return w, err
			}
			w.inited = true
		case tg.InvokeWithoutUpdatesRequestTypeID:
			w.noUpdates = true
		case tg.InvokeAfterMsgRequestTypeID:
			msg, err := b.Long()
			if err != nil {
				return w, err
			}
			w.after = append(w.after, msg)
		case tg.InvokeAfterMsgsRequestTypeID:
			n, err := b.VectorHeader()
			if err != nil {
				return w, err
			}
			for range n {
				msg, err := b.Long()
				if err != nil {
					return w, err
				}
				w.after = append(w.after, msg)
			}
		default:
			w.method, w.body = id, body
			return w, nil
		}
		body = b.Buf
	}
}

// skipInit skips initConnection's own fields: flags, api_id, six strings, proxy
// (flag 0), params (flag 1).
func skipInit(b *bin.Buffer) error {
	flags, err := b.Uint32()
	if err != nil {
		return err
	}
	if _, err := b.Int(); err != nil {
		return err
	}
	for range 6 {
		if _, err := b.String(); err != nil {
			return err
		}
	}
	if flags&1 != 0 {
		var proxy tg.InputClientProxy
		if err := proxy.Decode(b); err != nil {
			return err
		}
	}
	if flags&2 != 0 {
		if _, err := tg.DecodeJSONValue(b); err != nil {
			return err
		}
	}
	return nil
}

package fake

import (
	"context"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// wrapped is what the wrappers around a query said.
type wrapped struct {
	layer     int // 0 = not said
	inited    bool
	noUpdates bool
	body      []byte // of the method itself
}

// unwrap takes off invokeWithLayer, initConnection, invokeWithoutUpdates,
// invokeAfterMsg and gzip_packed, in any order; after waits for a query.
func unwrap(ctx context.Context, body []byte, after func(context.Context, int64)) (w wrapped, err error) {
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
			after(ctx, msg)
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
				after(ctx, msg)
			}
		default:
			w.body = body
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

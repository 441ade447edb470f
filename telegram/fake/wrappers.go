package fake

import (
	"errors"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
)

// wrapped is a query, and what the wrappers around it said; once it has arrived,
// layer and inited are the key's.
type wrapped struct {
	layer     int // 0 = not said
	inited    bool
	bare      bool // initConnection stands outside invokeWithLayer
	wrong     *tgerr.Error
	noUpdates bool
	after     []int64 // it must wait for these queries
	method    uint32
	body      []byte // of the method itself
}

// unwrap takes off invokeWithLayer, initConnection, invokeWithoutUpdates,
// invokeAfterMsg and gzip_packed, in any order. What it keeps of a query may be
// wrong all the same; an error means that it cannot be read.
func unwrap(body []byte) (w wrapped, err error) {
	for range wrappersMax {
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
			if w.layer < 1 {
				w.wrong = errLayer
			}
		case tg.InitConnectionRequestTypeID:
			wrong, err := readInit(b)
			if err != nil {
				return w, err
			}
			w.inited, w.bare = true, w.bare || w.layer == 0
			if w.wrong == nil {
				w.wrong = wrong
			}
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
	return w, errWrappers
}

// wrappersMax is how many wrappers a query may have; clients use four at most.
const wrappersMax = 16

var (
	errWrappers = errors.New("too many wrappers")
	errLayer    = tgerr.New(400, "CONNECTION_LAYER_INVALID")
)

// readInit reads initConnection's own fields: flags, api_id, six strings, proxy
// (flag 0), params (flag 1). wrong is what Telegram would say of them.
func readInit(b *bin.Buffer) (wrong *tgerr.Error, err error) {
	flags, err := b.Uint32()
	if err != nil {
		return nil, err
	}
	id, err := b.Int()
	if err != nil {
		return nil, err
	}
	if id < 1 {
		wrong = tgerr.New(400, "CONNECTION_API_ID_INVALID")
	}
	for _, empty := range []string{"CONNECTION_DEVICE_MODEL_EMPTY", "CONNECTION_SYSTEM_EMPTY", "CONNECTION_APP_VERSION_EMPTY",
		"CONNECTION_SYSTEM_LANG_CODE_EMPTY", "", ""} { // lang_pack and lang_code may be empty
		v, err := b.String()
		if err != nil {
			return nil, err
		}
		if v == "" && empty != "" && wrong == nil {
			wrong = tgerr.New(400, empty)
		}
	}
	if flags&1 != 0 {
		var proxy tg.InputClientProxy
		if err := proxy.Decode(b); err != nil {
			return nil, err
		}
	}
	if flags&2 != 0 {
		if _, err := tg.DecodeJSONValue(b); err != nil {
			return nil, err
		}
	}
	return wrong, nil
}

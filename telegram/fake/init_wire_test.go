package fake

import (
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// initConnection wraps getNearestDc; layer 0 = no invokeWithLayer around it.
func initConnection(layer, api int, texts ...string) raw {
	b := bin.Buffer{}
	if layer != 0 {
		b.PutID(tg.InvokeWithLayerRequestTypeID)
		b.PutInt(layer)
	}
	b.PutID(tg.InitConnectionRequestTypeID)
	b.PutInt(0)
	b.PutInt(api)
	for i := range 6 {
		v := "x"
		if i < len(texts) {
			v = texts[i]
		}
		b.PutString(v)
	}
	return append(raw(b.Buf), encoded(nearest)...)
}

func TestInitConnection(t *testing.T) {
	w := startWire(t, Options{}, tiny())
	c := w.client(0)
	for _, test := range []struct {
		q    raw
		want string
	}{
		{initConnection(0, 1), "CONNECTION_LAYER_INVALID"},
		{initConnection(-1, 1), "CONNECTION_LAYER_INVALID"},
		{initConnection(228, 0), "CONNECTION_API_ID_INVALID"},
		{initConnection(228, 1, ""), "CONNECTION_DEVICE_MODEL_EMPTY"},
		{initConnection(228, 1, "x", ""), "CONNECTION_SYSTEM_EMPTY"},
		{initConnection(228, 1, "x", "x", ""), "CONNECTION_APP_VERSION_EMPTY"},
		{initConnection(228, 1, "x", "x", "x", ""), "CONNECTION_SYSTEM_LANG_CODE_EMPTY"},
		{encoded(nearest), "CONNECTION_NOT_INITED"}, // nothing of the above counts
		{encoded(raw{0x0d, 0x0d, 0x9b, 0xda, 0, 0, 0, 0}, nearest), "CONNECTION_LAYER_INVALID"},
	} {
		if got := c.failure(c.send(test.q)); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
	// lang_pack and lang_code may be empty; the layer is the key's from then on.
	c.nearestDC(c.send(initConnection(228, 1, "x", "x", "x", "x", "", "")))
	c.nearestDC(c.send(initConnection(0, 1)))
	if v := w.stats.view(); v.Layers[-1] != 0 || v.Layers[0] != 0 {
		t.Errorf("layers %v", v.Layers)
	}
}

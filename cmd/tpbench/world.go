package main

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/teleplay/teleplay/telegram"
)

// world is a fake Telegram in a process of its own.
type world struct {
	base string // of the control API
	dir  string // temporary
	keys *telegram.KeyStore
	stop func()
	used int // bots given away

	HomeDC int `json:"home_dc"`
	DCs    []struct {
		ID        int    `json:"id"`
		Addr      string `json:"addr"`
		MediaOnly bool   `json:"media_only"`
	} `json:"dcs"`
	PEM      string `json:"public_key_pem"`
	Bots     []bot  `json:"bots"`
	Channels []struct {
		ID   int64 `json:"id"`
		Peer int64 `json:"peer_id"`
	} `json:"channels"`

	address   string // of the home DC
	publicKey *rsa.PublicKey
}

type bot struct {
	ID    int64  `json:"id"`
	Token string `json:"token"`
}

type object = map[string]any

// openWorld starts a fake Telegram with a network and so many bots besides the main
// one, which nobody uses. close ends it.
func openWorld(ctx context.Context, stderr io.Writer, network profile, bots int) (*world, error) {
	dir, err := os.MkdirTemp("", "tpbench-")
	if err != nil {
		return nil, err
	}
	made := &world{used: 1, dir: dir}
	if err := made.open(ctx, stderr, network, bots); err != nil {
		made.close()
		return nil, err
	}
	return made, nil
}

func (w *world) open(ctx context.Context, stderr io.Writer, network profile, bots int) error {
	control, stop, err := startTelegram(stderr, bots+1)
	if err != nil {
		return err
	}
	w.base, w.stop = "http://"+control+"/v1", stop
	if err := w.control(ctx, http.MethodGet, "/info", nil, w); err != nil {
		return err
	}
	for _, a := range w.DCs {
		if a.ID == w.HomeDC && !a.MediaOnly {
			w.address = a.Addr
		}
	}
	block, _ := pem.Decode([]byte(w.PEM))
	if block == nil || w.address == "" || len(w.Channels) == 0 || len(w.Bots) != bots+1 {
		return errors.New("GET /info says less than it should")
	}
	if w.publicKey, err = x509.ParsePKCS1PublicKey(block.Bytes); err != nil {
		return err
	}
	secret := bytes.Repeat([]byte{1}, 32) // of keys that nobody else has a use for
	if w.keys, err = telegram.OpenKeys(filepath.Join(w.dir, "telegram.keys"), secret, "tpbench"); err != nil {
		return err
	}
	if network == shaped {
		err = w.control(ctx, http.MethodPatch, "/network", network.shape(), nil)
	}
	return err
}

func (w *world) close() {
	if w.stop != nil {
		w.stop()
	}
	os.RemoveAll(w.dir)
}

// controlTime bounds one call of the control API.
const controlTime = 30 * time.Second

// control calls the control API; nil leaves either body away.
func (w *world) control(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, w.base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: status %d: %s", method, path, resp.StatusCode, bytes.TrimSpace(b))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

// take gives n bots that nobody else has, logged in by keys of the control API.
func (w *world) take(ctx context.Context, n int) ([]bot, error) {
	list := w.Bots[w.used : w.used+n]
	w.used += n
	for _, b := range list {
		var out struct {
			Key  []byte `json:"auth_key"`
			Salt string `json:"salt"`
		}
		if err := w.control(ctx, http.MethodPost, "/keys", object{"account": b.ID, "dc": w.HomeDC}, &out); err != nil {
			return nil, err
		}
		k := telegram.Key{Home: true}
		if copy(k.Value[:], out.Key) != len(k.Value) {
			return nil, fmt.Errorf("POST /keys gave a key of %d bytes", len(out.Key))
		}
		var err error
		if k.Salt, err = strconv.ParseInt(out.Salt, 10, 64); err != nil {
			return nil, err
		}
		if err := w.keys.Put(b.ID, w.HomeDC, k); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// post puts a synthetic file into the storage channel, in the bots' home.
func (w *world) post(ctx context.Context, seed uint32, size int64) (message int32, err error) {
	item := object{"media": object{"kind": "document", "source": object{"seed": seed, "size": size}, "dc": w.HomeDC}}
	var out struct {
		Messages []struct {
			ID int32 `json:"id"`
		} `json:"messages"`
	}
	if err := w.control(ctx, http.MethodPost, fmt.Sprintf("/channels/%d/messages", w.Channels[0].ID), object{"items": []any{item}}, &out); err != nil {
		return 0, err
	}
	if len(out.Messages) != 1 {
		return 0, fmt.Errorf("one file was posted, %d messages came", len(out.Messages))
	}
	return out.Messages[0].ID, nil
}

// telegramStats is the part of GET /stats that benches use.
type telegramStats struct {
	Totals   telegramCount            `json:"totals"`
	Accounts map[string]telegramCount `json:"accounts"`
	Process  struct {
		CPU float64 `json:"cpu_seconds"`
	} `json:"process"`
}

type telegramCount struct {
	Floods          int   `json:"floods"`
	ReferenceErrors int   `json:"reference_errors"`
	BytesSent       int64 `json:"bytes_sent"`
}

func (w *world) stats(ctx context.Context) (s telegramStats, err error) {
	return s, w.control(ctx, http.MethodGet, "/stats", nil, &s)
}

// lane is one open connection as the fake sees it.
type lane struct {
	account, connection int64
}

// sent is how many bytes each open connection of some bots was sent.
func (w *world) sent(ctx context.Context, bots []bot) (map[lane]int64, error) {
	list := map[lane]int64{}
	for _, b := range bots {
		var out struct {
			Sessions []struct {
				Connection int64 `json:"connection"`
				Sent       int64 `json:"bytes_sent"`
			} `json:"sessions"`
		}
		if err := w.control(ctx, http.MethodGet, fmt.Sprintf("/sessions?open=true&account=%d", b.ID), nil, &out); err != nil {
			return nil, err
		}
		for _, s := range out.Sessions {
			list[lane{b.ID, s.Connection}] += s.Sent
		}
	}
	return list, nil
}

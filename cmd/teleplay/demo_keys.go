package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"github.com/teleplay/teleplay/telegram"
)

// nodeName is the name under which a node that is alone seals its keys.
const nodeName = "node"

// fillKeys gives the node keys that are logged in already, for each bot and DC:
// making them would cost over half a second of computing each. Keys from an
// earlier run stay.
func fillKeys(ctx context.Context, control controlAPI, tg fakeReady, dir, secret string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var info struct {
		HomeDC int `json:"home_dc"`
		DCs    []struct {
			ID        int  `json:"id"`
			MediaOnly bool `json:"media_only"`
		} `json:"dcs"`
	}
	if err := control.do(ctx, http.MethodGet, "/info", nil, &info); err != nil {
		return err
	}
	keys, err := telegram.OpenKeys(filepath.Join(dir, "telegram.keys"), atRest(secret), nodeName)
	if err != nil {
		return err
	}
	for _, bot := range tg.Bots {
		for _, dc := range info.DCs {
			if _, have := keys.Key(bot.ID, dc.ID); have || dc.MediaOnly {
				continue
			}
			k, err := newKey(ctx, control, bot.ID, dc.ID)
			if err != nil {
				return err
			}
			k.Home = dc.ID == info.HomeDC
			if err := keys.Put(bot.ID, dc.ID, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func newKey(ctx context.Context, control controlAPI, bot int64, dc int) (telegram.Key, error) {
	var out struct {
		AuthKey string `json:"auth_key"`
		Salt    string `json:"salt"`
	}
	in := map[string]any{"account": bot, "dc": dc}
	if err := control.do(ctx, http.MethodPost, "/keys", in, &out); err != nil {
		return telegram.Key{}, err
	}
	var k telegram.Key
	raw, err := base64.StdEncoding.DecodeString(out.AuthKey)
	if err != nil || copy(k.Value[:], raw) != len(k.Value) {
		return k, fmt.Errorf("POST /keys gave a key of %d bytes", len(raw))
	}
	k.Salt, err = strconv.ParseInt(out.Salt, 10, 64)
	return k, err
}

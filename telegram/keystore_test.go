package telegram_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
)

func someKey(seed byte) telegram.Key {
	k := telegram.Key{Salt: int64(seed) << 40, Home: seed%2 == 0, Flood: time.Unix(1_800_000_000+int64(seed), 0)}
	for i := range k.Value {
		k.Value[i] = seed + byte(i)
	}
	return k
}

func TestKeysSurvive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telegram.keys")
	keys := openKeys(t, path)
	want := map[int]telegram.Key{2: someKey(2), 4: someKey(5)}
	for dc, k := range want {
		if err := keys.Put(7, dc, k); err != nil {
			t.Fatal(err)
		}
	}
	if err := keys.Put(8, 2, someKey(9)); err != nil {
		t.Fatal(err)
	}
	if err := keys.Delete(8, 2, someKey(9).Value); err != nil {
		t.Fatal(err)
	}
	again := openKeys(t, path)
	for dc, k := range want {
		got, ok := again.Key(7, dc)
		if !ok || !cmp.Equal(got, k) {
			t.Errorf("key of DC %d did not survive", dc)
		}
	}
	if _, ok := again.Key(8, 2); ok {
		t.Error("a deleted key came back")
	}
	if home := again.Home(7); home != 2 {
		t.Errorf("home %d, want 2", home)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%d files beside the store, %v", len(entries)-1, err)
	}
}

func TestKeysRefuseWhatTheyCannotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telegram.keys")
	keys := openKeys(t, path)
	for _, bot := range []int64{7, 8} {
		if err := keys.Put(bot, 2, someKey(3)); err != nil {
			t.Fatal(err)
		}
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	record := (len(good) - 8 - 28) / 2
	bad := map[string][]byte{
		"empty":           {},
		"garbage":         []byte("this is not a key store at all, is it?"),
		"cut by a byte":   good[:len(good)-1],
		"cut by a record": good[:len(good)-record],
		"only the magic":  good[:8],
		"swapped records": bytes.Join([][]byte{good[:8], good[8+record : 8+2*record], good[8 : 8+record], good[8+2*record:]}, nil),
		"too long":        append(bytes.Clone(good), 0),
	}
	for i := 0; i < len(good); i += 61 {
		flipped := bytes.Clone(good)
		flipped[i] ^= 1
		bad[fmt.Sprintf("bit at %d", i)] = flipped
	}
	secret := bytes.Repeat([]byte{7}, 32)
	for name, b := range bad {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := telegram.OpenKeys(path, secret, "node-1")
		if err == nil || !strings.Contains(err.Error(), path) || !errors.Is(err, teleplay.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(after, b) {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := telegram.OpenKeys(path, bytes.Repeat([]byte{8}, 32), "node-1"); err == nil {
		t.Error("opened under another secret")
	}
	if _, err := telegram.OpenKeys(path, secret, "node-2"); err == nil {
		t.Error("opened for another node")
	}
	openKeys(t, path)
}

func TestKeysFromManyGoroutines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "telegram.keys")
	keys := openKeys(t, path)
	var all sync.WaitGroup
	for bot := range int64(8) {
		all.Go(func() {
			if err := keys.Put(bot+1, 2, someKey(byte(bot))); err != nil {
				t.Error(err)
			}
			keys.Home(bot + 1)
		})
	}
	all.Wait()
	again := openKeys(t, path)
	for bot := range int64(8) {
		if _, ok := again.Key(bot+1, 2); !ok {
			t.Errorf("bot %d lost", bot+1)
		}
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	k := someKey(1)
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v", k, k, k), k.LogValue().String()} {
		if strings.Trim(s, "* ") != "" {
			t.Errorf("prints %q", s)
		}
	}
}

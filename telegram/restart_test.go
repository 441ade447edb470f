package telegram_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/telegram/fake"
)

// marks is a StateStore.
type marks struct {
	mark         teleplay.Mark
	found        bool
	box, storage int32
}

func (m marks) Mark(context.Context) (teleplay.Mark, bool, error) { return m.mark, m.found, nil }
func (m marks) Newest(context.Context) (int32, int32, error)      { return m.box, m.storage, nil }

// TestHomeIsForgotten: of a bot's home only the key is left, not that it is home,
// and the data centre begun with serves it files alone. It goes home.
func TestHomeIsForgotten(t *testing.T) {
	w := newWorld(t, fake.Options{Bots: 1})
	bot := w.info.Bots[0]
	keys := openKeys(t, filepath.Join(t.TempDir(), "telegram.keys"))
	for _, dc := range []int{2, 4} {
		value, salt, err := w.server.Key(bot.ID, dc)
		if err != nil {
			t.Fatal(err)
		}
		if err := keys.Put(bot.ID, dc, telegram.Key{Value: value, Salt: salt}); err != nil {
			t.Fatal(err)
		}
	}
	o := w.options(keys)
	o.DC = "4=" + w.server.Addr(4)
	b := telegram.NewMainBot(o, bot.Token, marks{})
	background(t, "main bot", b.Run)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if self, err := b.Self(ctx); err != nil || self.ID != bot.ID || keys.Home(bot.ID) != 2 {
		t.Errorf("%+v, %v, home %d", self, err, keys.Home(bot.ID))
	}
}

// TestRestartNeedsNoLogin logs bots in by themselves, then starts anew from the
// key store.
func TestRestartNeedsNoLogin(t *testing.T) {
	for name, bots := range map[string]int{"main bot alone": 1, "one helper": 2} {
		t.Run(name, func(t *testing.T) {
			const size, seed = mib, 7
			w := newWorld(t, fake.Options{Bots: bots})
			media := synthetic(seed, size)
			media["dc"] = 4
			message := w.post(media)[0]
			path := filepath.Join(t.TempDir(), "telegram.keys")
			life := func() {
				o := w.options(openKeys(t, path))
				b := telegram.NewMainBot(o, w.info.Bots[0].Token, marks{})
				p := telegram.NewPool(o, w.info.Bots[0].Token, w.tokens(1, bots))
				endBot := background(t, "main bot", b.Run)
				endPool := background(t, "pool", p.Run)
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				// What is asked before the login waits for it.
				if err := b.SetCommands(ctx, []teleplay.Command{{Name: "help", Description: "What I can do"}}); err != nil {
					t.Error(err)
				}
				self, err := b.Self(ctx)
				if err != nil || self.ID != w.info.Bots[0].ID {
					t.Errorf("self %+v, %v", self, err)
				}
				for !p.Ready() {
					if ctx.Err() != nil {
						t.Fatal("the pool is not ready")
					}
					time.Sleep(time.Millisecond)
				}
				if got, want := whole(t, p, message, seed, size); got != want {
					t.Errorf("%s, want %s", got, want)
				}
				endPool()
				endBot()
			}
			life()
			want := totals{Exchanges: bots + 1, Logins: bots} // one more key for DC 4
			if got := w.totals(); !cmp.Equal(got, want) {
				t.Errorf("first life: %+v, want %+v", got, want)
			}
			life()
			if got := w.totals(); !cmp.Equal(got, want) {
				t.Errorf("second life: %+v, want still %+v", got, want)
			}
		})
	}
}

// TestHomeElsewhere: the bot lives in another data centre than the first.
func TestHomeElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t, fake.Options{Bots: 1})
		var bot struct {
			ID    int64
			Token string
		}
		w.control("POST", "/bots", object{"dc": 4, "channel_role": "admin"}, &bot)
		message := w.post(synthetic(1, 100))[0]
		keys := openKeys(t, filepath.Join(t.TempDir(), "telegram.keys"))
		o := w.options(keys)
		p := telegram.NewPool(o, w.info.Bots[0].Token, []string{bot.Token})
		background(t, "pool", p.Run)
		if _, err := fetch(t.Context(), p, teleplay.ChunkID{Message: message}, 100, 0); err != nil {
			t.Error(err)
		}
		if home := keys.Home(bot.ID); home != 4 {
			t.Errorf("home %d, want 4", home)
		}
		if n := w.totals(); n.Logins != 1 || n.Migrations != 1 {
			t.Errorf("%+v", n)
		}
		// When its key dies it is not looked for where it began.
		w.control("POST", "/keys/drop", object{"account": bot.ID}, nil)
		within(t, 2*time.Minute, "bytes again", func() bool {
			_, err := fetch(t.Context(), p, teleplay.ChunkID{Message: message}, 100, 0)
			return err == nil
		})
		if n := w.totals(); n.Logins != 2 || n.Migrations != 1 {
			t.Errorf("%+v", n)
		}
	})
}

package fake_test

import (
	"context"
	"sync"
	"testing"

	"github.com/gotd/td/session"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay/telegram/fake"
)

// TestParallelCalls: gotd's messages overtake each other on their way to the
// socket, and more calls than may run at once are open; none is refused.
func TestParallelCalls(t *testing.T) {
	s, _ := serve(t, fake.Options{})
	as(t, s, options(t, s, new(session.StorageMemory)), func(ctx context.Context, api *tg.Client) {
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				for range 20 {
					if _, err := api.UsersGetUsers(ctx, []tg.InputUserClass{&tg.InputUserSelf{}}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	})
}

package fake_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay/telegram/fake"
)

// TestFloodInABubble: floods and delays last to the nanosecond on a bubble's clock.
func TestFloodInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := serve(t, fake.Options{Memory: true, Limits: fake.Limits{GetFile: fake.GetFileLimits{Probability: 1, Error: "FLOOD_PREMIUM_WAIT", Seconds: fake.Seconds{30, 30}}}})
		control(t, s, http.MethodPost, "/channels/"+channel+"/messages", `{"items":[{"media":{"kind":"document","source":{"seed":7,"size":4096},"dc":2}}]}`)
		var info struct{ Bots []struct{ Token string } }
		if err := json.Unmarshal(control(t, s, http.MethodGet, "/info", ""), &info); err != nil {
			t.Fatal(err)
		}
		o := options(t, s, new(session.StorageMemory))
		o.Resolver = dcs.Plain(dcs.PlainOptions{Dial: s.Dial})
		asBot(t, o, info.Bots[0].Token, func(ctx context.Context, api *tg.Client) {
			d := postOf(ctx, t, api, 1)
			ask := func() (string, time.Duration) {
				begun := time.Now()
				_, err := api.UploadGetFile(ctx, &tg.UploadGetFileRequest{Location: d.AsInputDocumentFileLocation(""), Limit: 4096})
				e, refused := tgerr.As(err)
				if err != nil && !refused {
					t.Fatal(err)
				}
				if refused {
					return e.Message, time.Since(begun)
				}
				return "ok", time.Since(begun)
			}
			for _, step := range []struct {
				after time.Duration
				want  string
			}{{0, "FLOOD_PREMIUM_WAIT_30"}, {29 * time.Second, "FLOOD_PREMIUM_WAIT_1"}, {time.Second - 1, "FLOOD_PREMIUM_WAIT_1"}, {1, "ok"}} {
				control(t, s, http.MethodPatch, "/limits", `{"get_file":{"probability":`+map[bool]string{true: "1", false: "0"}[step.after == 0]+`}}`)
				<-time.After(step.after)
				if got, took := ask(); got != step.want || took != 0 {
					t.Errorf("after %v: %s, took %v", step.after, got, took)
				}
			}
			control(t, s, http.MethodPost, "/faults", `{"method":"upload.getFile","do":{"delay":"2s"}}`)
			if got, took := ask(); got != "ok" || took != 2*time.Second {
				t.Errorf("with a delay: %s, took %v", got, took)
			}
			control(t, s, http.MethodPost, "/faults", `{"method":"upload.getFile","executed":true,"do":{"stall":"3s"}}`)
			if got, took := ask(); got != "ok" || took != 3*time.Second {
				t.Errorf("with a stall: %s, took %v", got, took)
			}
		})
	})
}

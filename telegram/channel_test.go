package telegram

import (
	"context"
	"testing"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// answers is a Telegram that gives one answer to everything.
type answers struct{ bin.Encoder }

func (a answers) Invoke(_ context.Context, _ bin.Encoder, out bin.Decoder) error {
	var b bin.Buffer
	if err := a.Encode(&b); err != nil {
		return err
	}
	return out.Decode(&b)
}

// TestAChannelThatIsForbidden: a bot that was sent away may be shown the channel as
// forbidden, or not at all; both mean that it is not in the channel.
func TestAChannelThatIsForbidden(t *testing.T) {
	for name, chats := range map[string][]tg.ChatClass{
		"forbidden": {&tg.ChannelForbidden{ID: 7, Title: "Films"}},
		"not there": {},
	} {
		_, err := channelOf(t.Context(), tg.NewClient(answers{&tg.MessagesChats{Chats: chats}}), 7)
		if got := judge(err); got.act != actShut {
			t.Errorf("%s: %v is judged %+v", name, err, got)
		}
	}
}

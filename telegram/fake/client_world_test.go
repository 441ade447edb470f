package fake_test

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"

	"github.com/teleplay/teleplay/telegram/fake"
)

// formula is the byte at o of the synthetic file of seed, as the comment in
// synthetic.go defines it.
func formula(seed uint32, o int64) byte {
	mix := func(x uint32) uint32 {
		x = (x ^ x>>16) * 0x7FEB352D
		x = (x ^ x>>15) * 0x846CA68B
		return x ^ x>>16
	}
	return byte(mix((uint32(o/4)+1)*(mix(seed+0x9E3779B9)|1)) >> (8 * (o % 4)))
}

// as runs f in gotd's client, logged in as the first bot.
func as(t *testing.T, s *fake.Server, o telegram.Options, f func(ctx context.Context, api *tg.Client)) {
	t.Helper()
	var info struct{ Bots []struct{ Token string } }
	fetch(t, s, "/v1/info", &info)
	asBot(t, o, info.Bots[0].Token, f)
}

// asBot runs f in gotd's client, logged in by that token.
func asBot(t *testing.T, o telegram.Options, token string, f func(ctx context.Context, api *tg.Client)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client := telegram.NewClient(1, "hash", o)
	err := client.Run(ctx, func(ctx context.Context) error {
		if status, err := client.Auth().Status(ctx); err != nil {
			return err
		} else if !status.Authorized {
			if _, err := client.Auth().Bot(ctx, token); err != nil {
				return err
			}
		}
		f(ctx, client.API())
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ok[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// postOf is the document of a message in the channel.
func postOf(ctx context.Context, t *testing.T, api *tg.Client, id int) *tg.Document {
	t.Helper()
	m := ok(api.ChannelsGetMessages(ctx, &tg.ChannelsGetMessagesRequest{
		Channel: &tg.InputChannel{ChannelID: 1700000001}, ID: []tg.InputMessageClass{&tg.InputMessageID{ID: id}},
	}))(t).(*tg.MessagesChannelMessages)
	return m.Messages[0].(*tg.Message).Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
}

func part(ctx context.Context, t *testing.T, api *tg.Client, d *tg.Document, offset int64, limit int) []byte {
	t.Helper()
	f := ok(api.UploadGetFile(ctx, &tg.UploadGetFileRequest{
		Precise: true, Location: d.AsInputDocumentFileLocation(""), Offset: offset, Limit: limit,
	}))(t)
	return f.(*tg.UploadFile).Bytes
}

// TestMainJob is the product's main job with gotd's own client: a file comes in,
// is forwarded, and is read from its DC.
func TestMainJob(t *testing.T) {
	s, _ := serve(t, fake.Options{})
	p := portOf(t, s)
	updates := tg.NewUpdateDispatcher()
	type incoming struct {
		e tg.Entities
		m *tg.Message
	}
	got := make(chan incoming, 8)
	updates.OnNewMessage(func(_ context.Context, e tg.Entities, u *tg.UpdateNewMessage) error {
		got <- incoming{e, u.Message.(*tg.Message)}
		return nil
	})
	o := options(t, s, new(session.StorageMemory))
	o.UpdateHandler = updates
	as(t, s, o, func(ctx context.Context, api *tg.Client) {
		channel := ok(api.ChannelsGetChannels(ctx, []tg.InputChannelClass{&tg.InputChannel{ChannelID: 1700000001}}))(t).(*tg.MessagesChats).Chats[0].(*tg.Channel)
		const size = 3<<20 + 77
		for n, dc := range []int{2, 4} {
			body := `{"media":{"kind":"video","source":{"seed":7,"size":` + strconv.Itoa(size) + `},"file_name":"film.mp4","duration":61.5,"width":640,"height":360,"dc":` + strconv.Itoa(dc) + `}}`
			if status, b := p.do(ctx, http.MethodPost, mainChat+"/messages", body); status != http.StatusCreated {
				t.Fatalf("status %d: %s", status, b)
			}
			in := <-got
			from := in.m.PeerID.(*tg.PeerUser).UserID
			u := ok(api.MessagesForwardMessages(ctx, &tg.MessagesForwardMessagesRequest{
				DropAuthor: true, Silent: true, FromPeer: &tg.InputPeerUser{UserID: from, AccessHash: in.e.Users[from].AccessHash},
				ID: []int{in.m.ID}, RandomID: []int64{int64(100 + n)}, ToPeer: &tg.InputPeerChannel{ChannelID: channel.ID, AccessHash: channel.AccessHash},
			}))(t).(*tg.Updates)
			id := u.Updates[0].(*tg.UpdateMessageID).ID
			d := postOf(ctx, t, api, id)
			if d.DCID != dc || d.Size != size || id != n+1 {
				t.Errorf("message %d has a document of %d bytes in DC %d", id, d.Size, d.DCID)
			}
			for _, offset := range []int64{0, 1 << 20, 3 << 20} { // the far one by FILE_MIGRATE, export and import
				want := make([]byte, min(1<<20, size-offset))
				for i := range want {
					want[i] = formula(7, offset+int64(i))
				}
				if b := part(ctx, t, api, d, offset, 1<<20); !bytes.Equal(b, want) {
					t.Errorf("DC %d, offset %d: %d bytes that differ from the formula", dc, offset, len(b))
				}
			}
		}

		d := postOf(ctx, t, api, 1)
		p.want(http.MethodPost, "/v1/references/expire", `{"document_id":"`+strconv.FormatInt(d.ID, 10)+`"}`, http.StatusOK, `{"expired":"*"}`)
		_, err := api.UploadGetFile(ctx, &tg.UploadGetFileRequest{Location: d.AsInputDocumentFileLocation(""), Limit: 4096})
		if !tgerr.Is(err, "FILE_REFERENCE_EXPIRED") {
			t.Errorf("an old reference: %v", err)
		}
		if b := part(ctx, t, api, postOf(ctx, t, api, 1), 0, 1024); len(b) != 1024 {
			t.Errorf("a fresh reference gave %d bytes", len(b))
		}
	})
}

// TestMissedWhileAway: what a user sends while neither bot nor server runs is in
// the difference afterwards; the file keeps its name.
func TestMissedWhileAway(t *testing.T) {
	o := fake.Options{Data: t.TempDir()}
	storage := new(session.StorageMemory)
	s, stop := serve(t, o)
	var state *tg.UpdatesState
	as(t, s, options(t, s, storage), func(ctx context.Context, api *tg.Client) { state = ok(api.UpdatesGetState(ctx))(t) })
	sent := portOf(t, s).want(http.MethodPost, mainChat+"/messages", `{"media":{"kind":"document","source":{"seed":1,"size":10}}}`, http.StatusCreated, `{"messages":"*","rev":"*"}`)
	stop()

	s, _ = serve(t, o)
	as(t, s, options(t, s, storage), func(ctx context.Context, api *tg.Client) {
		d, is := ok(api.UpdatesGetDifference(ctx, &tg.UpdatesGetDifferenceRequest{Pts: state.Pts, Date: state.Date}))(t).(*tg.UpdatesDifference)
		if !is || len(d.NewMessages) != 1 || d.State.Pts != 2 {
			t.Fatalf("difference %v", d)
		}
		doc := d.NewMessages[0].(*tg.Message).Media.(*tg.MessageMediaDocument).Document.(*tg.Document)
		if want := field[string](t, sent, "messages", 0, "media", "document_id"); strconv.FormatInt(doc.ID, 10) != want {
			t.Errorf("document %d, sent as %s", doc.ID, want)
		}
	})
}

package fake_test

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"

	"github.com/teleplay/teleplay/telegram/fake"
)

// running is a fake that listens, ended with the test.
func running(t *testing.T) *fake.Server {
	t.Helper()
	s, err := fake.New(fake.Options{Listen: "127.0.0.1:0", Control: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	select {
	case <-s.Ready():
	case err := <-ended:
		t.Fatal(err)
	}
	return s
}

// talkBot is a bot of ours on gotd. To /web it answers with a button that opens a
// page, to anything else with one that it answers to; it runs until the test ends.
func talkBot(t *testing.T, s *fake.Server, token string) {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Addr(2))
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	updates := tg.NewUpdateDispatcher()
	client := telegram.NewClient(1, "fake", telegram.Options{
		DC: 2, DCList: dcs.List{Options: []tg.DCOption{{ID: 2, IPAddress: host, Port: n}}}, Resolver: dcs.Plain(dcs.PlainOptions{}),
		PublicKeys: []telegram.PublicKey{{RSA: s.PublicKey()}}, UpdateHandler: updates,
	})
	ctx, cancel := context.WithCancel(context.Background())
	answers := make(chan func() error, 16) // handlers run in the read path: they only queue
	updates.OnNewMessage(func(_ context.Context, e tg.Entities, u *tg.UpdateNewMessage) error {
		m, ok := u.Message.(*tg.Message)
		if !ok || m.Out {
			return nil
		}
		var b tg.KeyboardButtonClass = &tg.KeyboardButtonCallback{Text: "Press me", Data: []byte("press:1")}
		if m.Message == "/web" {
			b = &tg.KeyboardButtonURL{Text: "Open", URL: "http://127.0.0.1:8000/auth#k=1"}
		}
		from := m.PeerID.(*tg.PeerUser).UserID
		answers <- func() error {
			_, err := client.API().MessagesSendMessage(ctx, &tg.MessagesSendMessageRequest{
				Peer: &tg.InputPeerUser{UserID: from, AccessHash: e.Users[from].AccessHash}, Message: "you said " + m.Message, RandomID: int64(m.ID),
				ReplyMarkup: &tg.ReplyInlineMarkup{Rows: []tg.KeyboardButtonRow{{Buttons: []tg.KeyboardButtonClass{b}}}},
			})
			return err
		}
		return nil
	})
	updates.OnBotCallbackQuery(func(_ context.Context, _ tg.Entities, u *tg.UpdateBotCallbackQuery) error {
		answers <- func() error {
			_, err := client.API().MessagesSetBotCallbackAnswer(ctx, &tg.MessagesSetBotCallbackAnswerRequest{QueryID: u.QueryID, Message: "got " + string(u.Data)})
			return err
		}
		return nil
	})
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- client.Run(ctx, func(ctx context.Context) error {
			if _, err := client.Auth().Bot(ctx, token); err != nil {
				return err
			}
			close(ready)
			for {
				select {
				case answer := <-answers:
					if err := answer(); err != nil {
						return err
					}
				case <-ctx.Done():
					return nil
				}
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("the bot ended: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("the bot did not log in")
	}
}

func TestTalkWithABot(t *testing.T) {
	s := running(t)
	p := &port{t, "http://" + s.ControlAddr()}
	b := p.want("GET", "/v1/info", "", 200, `{"version":"*","seed":1,"time":"*","home_dc":2,"dcs":"*","public_key_pem":"*","bots":"*","users":"*","channels":"*"}`)
	if addr := field[string](t, b, "dcs", 0, "addr"); addr != s.Addr(2) {
		t.Errorf("the first DC is at %s, want %s", addr, s.Addr(2))
	}
	talkBot(t, s, field[string](t, b, "bots", 0, "token"))

	p.want("POST", mainChat+"/messages", `{"text":"hello"}`, 201, `{"messages":"*","rev":1}`)
	b = p.want("GET", mainChat+"?after_rev=1&wait=30s", "", 200, `{"rev":2,"messages":[{"id":2,"rev":2,"date":"*","from":7000001,"text":"you said hello","entities":[],
		"buttons":[[{"text":"Press me","data":"press:1"}]]}],"deleted":[],"answers":[]}`)
	id := string(number(t, b, "messages", 0, "id"))
	answer := `{"query_id":"*","answered":true,"answer":{"text":"got press:1","alert":false,"url":"","cache_time":0}}`
	for _, button := range []string{`"text":"Press me"`, `"data":"press:1"`, `"row":0,"column":0`} {
		p.want("POST", mainChat+"/press", `{"message_id":`+id+`,`+button+`,"wait":"30s"}`, 200, answer)
	}
	p.refused("POST", mainChat+"/press", `{"message_id":`+id+`,"row":1,"column":0}`, 404, "not_found")
	b = p.want("GET", mainChat+"?after_rev=2", "", 200, `{"rev":5,"messages":[],"deleted":[],"answers":"*"}`)
	if n := len(field[[]any](t, b, "answers")); n != 3 {
		t.Errorf("%d answers, want 3", n)
	}

	if status, to := p.do(t.Context(), "GET", "/login", ""); status != 302 || string(to) != "http://127.0.0.1:8000/auth#k=1" {
		t.Errorf("login: status %d to %s", status, to)
	}
	b = p.want("GET", mainChat, "", 200, `{"rev":"*","messages":"*","deleted":"*","answers":"*"}`)
	web := string(number(t, b, "messages", 3, "id"))
	p.want("POST", mainChat+"/press", `{"message_id":`+web+`,"text":"Open"}`, 200, `{"url":"http://127.0.0.1:8000/auth#k=1"}`)

	b = p.want("GET", "/v1/calls?method=messages.sendMessage&account="+mainBot+"&wait=30s", "", 200, `{"calls":"*","last_seq":"*","lost":0}`)
	if result := field[string](t, b, "calls", 0, "result"); result != "ok" {
		t.Errorf("result %q", result)
	}
	b = p.want("GET", "/v1/stats", "", 200, `{"since":"*","totals":"*","accounts":"*","layers":"*","process":"*"}`)
	if n := string(number(t, b, "accounts", mainBot, "methods", "messages.sendMessage", "ok")); n != "2" {
		t.Errorf("%s messages sent, want 2", n)
	}
	if n := string(number(t, b, "totals", "logins")); n != "1" {
		t.Errorf("%s logins, want 1", n)
	}
	b = p.want("GET", "/v1/sessions?open=true", "", 200, `{"sessions":"*"}`)
	if !field[bool](t, b, "sessions", 0, "updates") {
		t.Error("the bot's session takes no updates")
	}
	p.want("POST", "/v1/connections/reset", `{"account":`+mainBot+`}`, 200, `{"closed":1}`)
}

func TestLoginWithoutABot(t *testing.T) {
	t.Parallel() // the wait for a bot takes 10 s
	p := newPort(t)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	if status, b := p.do(ctx, "GET", "/login", ""); status != 504 {
		t.Errorf("status %d, want 504: %s", status, b)
	}
	p.refused("GET", "/login?user=5", "", 404, "not_found")
	p.refused("GET", "/login?next=/", "", 400, "bad_request")
}

func TestWaitsEndWithTheServer(t *testing.T) {
	s, err := fake.New(fake.Options{Listen: "127.0.0.1:0", Control: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	<-s.Ready()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if a, err := http.Get("http://" + s.ControlAddr() + mainChat + "?wait=60s"); err == nil {
			_ = a.Body.Close()
		}
	}()
	cancel() // whether the GET waits already or is refused, nothing may hang
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the server did not end")
	}
	<-answered
}

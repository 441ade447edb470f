package fake_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/telegram/fake"
)

const (
	anyMessage = `{"id":"*","rev":"*","date":"*","from":777000001,"text":"*","entities":"*","buttons":"*"}`
	film       = `{"kind":"video","source":{"seed":7,"size":1000},"file_name":"film.mp4","duration":90,"width":640,"height":360}`
	storedFilm = `{"kind":"video","document_id":"*","size":1000,"dc":"*","file_name":"film.mp4","mime_type":"video/mp4","duration":90,"width":640,"height":360,"source":{"seed":7,"size":1000}}`
)

func TestInfo(t *testing.T) {
	p := newPort(t)
	b := p.want("GET", "/v1/info", "", 200, `{"version":"*","seed":1,"time":"*","home_dc":2,"dcs":"*","public_key_pem":"*","bots":"*","users":"*",
		"channels":[{"id":1700000001,"peer_id":-1001700000001,"title":"*","protected":false}]}`)
	if pem := field[string](t, b, "public_key_pem"); !strings.HasPrefix(pem, "-----BEGIN RSA PUBLIC KEY-----\n") {
		t.Errorf("public key %q", pem)
	}
	if when := field[string](t, b, "time"); len(when) != len("2006-01-02T15:04:05.000Z") || !strings.HasSuffix(when, "Z") {
		t.Errorf("time %q", when)
	}
	if n := len(field[[]any](t, b, "bots")); n != 4 {
		t.Errorf("%d bots, want 4", n)
	}
}

func TestAccounts(t *testing.T) {
	p := newPort(t)
	p.want("POST", "/v1/users", `{"first_name":"Ada","last_name":"L","username":"ada","id":42,"language":"de"}`, 201,
		`{"id":42,"first_name":"Ada","last_name":"L","username":"ada","language":"de"}`)
	b := p.want("GET", "/v1/users", "", 200, `{"users":"*"}`)
	if n := len(field[[]any](t, b, "users")); n != 2 {
		t.Errorf("%d users, want 2", n)
	}
	p.want("GET", "/v1/users?after=42&limit=1", "", 200, `{"users":[{"id":777000001,"first_name":"*","username":"*","language":"*"}]}`)
	p.refused("POST", "/v1/users", `{"first_name":"Eve","id":42}`, 409, "conflict")
	p.refused("POST", "/v1/users", `{"first_name":"Eve","age":3}`, 400, "bad_request")

	b = p.want("POST", "/v1/bots", `{"username":"extra_bot","channel_role":"member"}`, 201,
		`{"id":"*","token":"*","username":"extra_bot","dc":"*","channel_role":"member","rights":"*","revoked":false,"commands":[]}`)
	id := string(number(t, b, "id"))
	b = p.want("PATCH", "/v1/bots/"+id, `{"channel_role":"admin","rights":["post"],"revoked":true}`, 200,
		`{"id":"*","token":"*","username":"extra_bot","dc":"*","channel_role":"admin","rights":["post"],"revoked":true,"commands":[]}`)
	if again := string(number(t, b, "id")); again != id {
		t.Errorf("bot %s became %s", id, again)
	}
	p.refused("PATCH", "/v1/bots/"+id, `{"username":"other_bot"}`, 400, "bad_request")
	p.refused("PATCH", "/v1/bots/99", `{"revoked":true}`, 404, "not_found")
	p.refused("PATCH", "/v1/bots/x", `{"revoked":true}`, 404, "not_found")
	p.refused("POST", "/v1/keys", `{"account":`+id+`,"dc":2}`, 404, "not_found") // revoked
}

func TestRules(t *testing.T) {
	p := newPort(t)
	const standard = `{"reference_ttl":"1h0m0s","random_id_duplicate":"error","ack_after":"300ms","query_life":"30s","difference_slice":100,
		"difference_too_long":false,"export_to_own_dc":"error"}`
	p.want("GET", "/v1/settings", "", 200, standard)
	p.want("PATCH", "/v1/settings", `{"reference_ttl":"2s","difference_too_long":true}`, 200, strings.NewReplacer(`"1h0m0s"`, `"2s"`, "false", "true").Replace(standard))
	p.want("PATCH", "/v1/settings", `{"reference_ttl":null,"difference_too_long":false}`, 200, standard)
	for _, bad := range []string{`{"ttl":"1h"}`, `{"reference_ttl":"soon"}`, `{"random_id_duplicate":"maybe"}`, `[]`, ``, `{`} {
		p.refused("PATCH", "/v1/settings", bad, 400, "bad_request")
	}
	p.want("POST", "/v1/references/expire", `{}`, 200, `{"expired":0}`)
	p.refused("POST", "/v1/references/expire", `{"bot":1}`, 400, "bad_request")

	p.want("POST", "/v1/users", `{"first_name":"Ada"}`, 201, `{"id":"*","first_name":"Ada"}`)
	p.want("POST", "/v1/reset", "", 200, `{}`)
	b := p.want("GET", "/v1/users", "", 200, `{"users":"*"}`)
	if n := len(field[[]any](t, b, "users")); n != 1 {
		t.Errorf("%d users after the reset, want 1", n)
	}
}

func TestChat(t *testing.T) {
	p := newPort(t)
	empty := `{"rev":0,"messages":[],"deleted":[],"answers":[]}`
	p.want("GET", mainChat, "", 200, empty)
	b := p.want("POST", mainChat+"/messages", `{"text":"/start ABC"}`, 201, `{"messages":[`+anyMessage+`],"rev":1}`)
	id := string(number(t, b, "messages", 0, "id"))
	if kind := field[string](t, b, "messages", 0, "entities", 0, "type"); kind != "bot_command" {
		t.Errorf("entity %q, want bot_command", kind)
	}
	p.want("PATCH", mainChat+"/messages/"+id, `{"text":"hello"}`, 200,
		`{"id":`+id+`,"rev":2,"date":"*","edited":"*","from":777000001,"text":"hello","entities":[],"buttons":[]}`)
	p.refused("PATCH", mainChat+"/messages/"+id, `{"text":"hello"}`, 422, "refused")
	p.refused("PATCH", mainChat+"/messages/"+id, `{}`, 400, "bad_request")
	p.want("GET", mainChat+"?after_rev=2&wait=0s", "", 200, `{"rev":2,"messages":[],"deleted":[],"answers":[]}`)
	p.want("DELETE", mainChat+"/messages/"+id, "", 200, `{}`)
	p.want("GET", mainChat+"?after_rev=2", "", 200, `{"rev":3,"messages":[],"deleted":[`+id+`],"answers":[]}`)
	p.refused("DELETE", mainChat+"/messages/"+id, "", 404, "not_found")

	p.want("PATCH", mainChat, `{"blocked":true}`, 200, `{"blocked":true}`)
	p.want("GET", mainChat+"?after_rev=3", "", 200, `{"rev":3,"messages":[],"deleted":[],"answers":[],"blocked":true}`)
	p.want("PATCH", mainChat, `{"blocked":null}`, 200, `{"blocked":false}`)
	p.refused("PATCH", mainChat, `{"muted":true}`, 400, "bad_request")

	withFilm := strings.TrimSuffix(anyMessage, "}") + `,"media":` + storedFilm
	p.want("POST", mainChat+"/messages", `{"media":`+film+`,"text":"a film","protected":true}`, 201, `{"messages":[`+withFilm+`,"protected":true}],"rev":4}`)
	p.want("POST", mainChat+"/messages", `{"album":[{"media":`+film+`},{"media":`+film+`,"text":"two"}]}`, 201,
		`{"messages":[`+withFilm+`,"grouped_id":"*"},`+withFilm+`,"grouped_id":"*"}],"rev":6}`)
	p.want("POST", mainChat+"/messages", `{"media":{"kind":"video","source":{"seed":7,"size":1000},"duration":90,"width":640,"height":360,"alt":[{"seed":8,"size":500}]}}`, 201,
		`{"messages":[`+strings.TrimSuffix(anyMessage, "}")+`,"media":{"kind":"video","document_id":"*","size":1000,"dc":"*","file_name":"","mime_type":"video/mp4",
		"duration":90,"width":640,"height":360,"source":{"seed":7,"size":1000},"alt":[{"kind":"video","document_id":"*","size":500,"dc":"*","file_name":"",
		"mime_type":"video/mp4","duration":90,"width":320,"height":180,"source":{"seed":8,"size":500}}]}}],"rev":7}`)
	p.want("POST", mainChat+"/messages", `{"text":"look","forwarded_from":"Somebody"}`, 201,
		`{"messages":[`+strings.TrimSuffix(anyMessage, "}")+`,"forwarded_from":"Somebody"}],"rev":8}`)

	for _, bad := range []string{`{"text":"a","color":1}`, `{"text":1}`, `{"media":{"kind":"song","source":{"seed":1,"size":1}}}`,
		`{"album":[{"media":` + film + `}]}`, `{"text":"a"} {"text":"b"}`, `{"media":{"kind":"video","source":{"seed":1,"size":1},"alt":[{}]}}`,
		`{"media":{"kind":"audio","source":{"seed":1,"size":1},"alt":[{"seed":2,"size":1}]}}`, `{"media":{"kind":"video","source":{"seed":1,"size":1},"alt":{"seed":2,"size":1}}}`} {
		p.refused("POST", mainChat+"/messages", bad, 400, "bad_request")
	}
	p.refused("POST", mainChat+"/messages", `{"text":" "}`, 422, "refused")
	p.refused("POST", mainChat+"/messages", `{"text":"a","reply_to":999}`, 404, "not_found")
	p.refused("POST", "/v1/users/1/chats/"+mainBot+"/messages", `{"text":"a"}`, 404, "not_found")
	p.refused("GET", "/v1/users/"+firstUser+"/chats/1", "", 404, "not_found")
}

func TestPressNeedsAButton(t *testing.T) {
	p := newPort(t)
	b := p.want("POST", mainChat+"/messages", `{"text":"hi"}`, 201, `{"messages":"*","rev":1}`)
	id := string(number(t, b, "messages", 0, "id"))
	p.refused("POST", mainChat+"/press", `{"message_id":`+id+`,"text":"Open"}`, 404, "not_found")
	for _, bad := range []string{`{"text":"Open"}`, `{"message_id":1}`, `{"message_id":1,"row":0}`, `{"message_id":1,"text":"a","data":"b"}`,
		`{"message_id":1,"text":"a","wait":"2m"}`, `{"message_id":1,"name":"a"}`} {
		p.refused("POST", mainChat+"/press", bad, 400, "bad_request")
	}
}

func TestWaitEndsWithNews(t *testing.T) {
	p := newPort(t)
	got := make(chan []byte)
	go func() {
		_, b := p.do(context.WithoutCancel(t.Context()), "GET", mainChat+"?after_rev=0&wait=50s", "")
		got <- b
	}()
	p.want("POST", mainChat+"/messages", `{"text":"hi"}`, 201, `{"messages":"*","rev":1}`)
	select {
	case b := <-got:
		if text := field[string](t, b, "messages", 0, "text"); text != "hi" {
			t.Errorf("text %q", text)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the waiting GET did not end")
	}
}

func TestWaitEndsInTime(t *testing.T) {
	p := newPort(t)
	p.want("GET", mainChat+"?wait=50ms", "", 200, `{"rev":0,"messages":[],"deleted":[],"answers":[]}`)
	p.want("GET", "/v1/calls?wait=50ms", "", 200, `{"calls":[],"last_seq":0,"lost":0}`)
	for _, bad := range []string{"wait=2m", "wait=-1s", "wait=soon", "after_rev=x", "after_rev=-1", "since=1"} {
		p.refused("GET", mainChat+"?"+bad, "", 400, "bad_request")
	}
}

func TestChannel(t *testing.T) {
	p := newPort(t)
	const base = "/v1/channels/" + channel
	p.want("GET", base+"/messages", "", 200, `{"messages":[],"last_id":"*"}`)
	post := `{"id":"*","rev":"*","date":"*","from":"*","text":"*","entities":[],"buttons":[],"media":` + storedFilm + `,"posted_by":0,"random_id":"0","forward_header":false}`
	b := p.want("POST", base+"/messages", `{"items":[{"media":`+film+`,"text":"one"},{"media":`+film+`}]}`, 201, `{"messages":[`+post+`,`+post+`]}`)
	first, second := string(number(t, b, "messages", 0, "id")), string(number(t, b, "messages", 1, "id"))
	p.want("GET", base+"/messages?limit=1", "", 200, `{"messages":[`+post+`],"last_id":"*"}`)
	b = p.want("GET", base+"/messages?after="+first, "", 200, `{"messages":[`+post+`],"last_id":"*"}`)
	if id := string(number(t, b, "messages", 0, "id")); id != second {
		t.Errorf("after %s came %s, want %s", first, id, second)
	}
	document := field[string](t, b, "messages", 0, "media", "document_id")
	p.want("DELETE", base+"/messages/"+first, "", 200, `{}`)
	p.refused("DELETE", base+"/messages/"+first, "", 404, "not_found")
	p.want("PATCH", base, `{"title":"Films","protected":true}`, 200, `{"id":1700000001,"peer_id":-1001700000001,"title":"Films","protected":true}`)
	p.refused("PATCH", base, `{"id":5}`, 400, "bad_request")
	p.refused("PATCH", "/v1/channels/5", `{"title":"a"}`, 404, "not_found")
	p.refused("GET", "/v1/channels/5/messages", "", 404, "not_found")
	p.refused("POST", base+"/messages", `{"items":[]}`, 400, "bad_request")
	p.refused("GET", base+"/messages?limit=1001", "", 400, "bad_request")

	p.want("GET", "/v1/documents/"+document, "", 200, storedFilm)
	p.refused("GET", "/v1/documents/1", "", 404, "not_found")
	p.refused("GET", "/v1/documents/1/bytes", "", 404, "not_found")
	_, whole := p.do(t.Context(), "GET", "/v1/documents/"+document+"/bytes", "")
	if len(whole) != 1000 {
		t.Fatalf("%d bytes, want 1000", len(whole))
	}
	_, part := p.do(t.Context(), "GET", "/v1/documents/"+document+"/bytes?offset=990&length=100", "")
	if string(part) != string(whole[990:]) {
		t.Error("a part differs from the whole")
	}
	if status, part := p.do(t.Context(), "GET", "/v1/documents/"+document+"/bytes", "", "Range", "bytes=10-19"); status != 206 || string(part) != string(whole[10:20]) {
		t.Errorf("status %d for a Range", status)
	}
	p.refused("GET", "/v1/documents/"+document+"/bytes?offset=1001", "", 400, "bad_request")
}

func TestBlob(t *testing.T) {
	p := newPort(t)
	sum := sha256.Sum256([]byte("<script>alert(1)</script>"))
	p.want("PUT", "/v1/blobs/page.html", "<script>alert(1)</script>", 201, `{"blob":"page.html","size":25,"sha256":"`+hex.EncodeToString(sum[:])+`"}`)
	p.refused("PUT", "/v1/blobs/a%20b", "x", 400, "bad_request")
	b := p.want("POST", mainChat+"/messages", `{"media":{"kind":"document","source":{"blob":"page.html"},"file_name":"page.html","mime_type":"text/html"}}`, 201, `{"messages":"*","rev":1}`)
	r, err := http.Get(p.url + "/v1/documents/" + field[string](t, b, "messages", 0, "media", "document_id") + "/bytes")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if kind, policy := r.Header.Get("Content-Type"), r.Header.Get("Content-Security-Policy"); kind != "application/octet-stream" || policy != "sandbox" {
		t.Errorf("a sent page comes as %q under %q", kind, policy)
	}
	p.refused("POST", mainChat+"/messages", `{"media":{"kind":"document","source":{"blob":"gone"}}}`, 404, "not_found")
}

func TestGuard(t *testing.T) {
	p := newPort(t)
	self := strings.TrimPrefix(p.url, "http://")
	for _, c := range []struct {
		header []string
		status int
	}{
		{[]string{"Origin", p.url}, 200},
		{[]string{"Host", "localhost:1"}, 200},
		{[]string{"Host", "[::1]:1"}, 200},
		{[]string{"Host", "evil.example"}, 403},
		{[]string{"Host", "evil.example", "Origin", "http://evil.example"}, 403},
		{[]string{"Host", "192.168.1.5:24429"}, 403},
		{[]string{"Origin", "http://evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Origin", "https://" + self}, 403},
		{[]string{"Origin", "http://localhost:1"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403}, // an image or a link on a page of somebody else's
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},  // another port of this machine
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Sec-Fetch-Site", "none"}, 200}, // typed, pasted, opened from a terminal
	} {
		for _, path := range []string{"/v1/settings", "/"} {
			if status, b := p.do(t.Context(), "GET", path, "", c.header...); status != c.status {
				t.Errorf("%v %s: status %d, want %d: %.80s", c.header, path, status, c.status, b)
			}
		}
	}
}

func TestAbsent(t *testing.T) {
	p := newPort(t)
	for _, call := range []string{"POST /v1/snapshots", "POST /v1/snapshots/a/restore"} {
		method, path, _ := strings.Cut(call, " ")
		p.refused(method, path, `{}`, 400, "not_implemented")
	}
	p.refused("GET", "/v1/nothing", "", 404, "not_found")
	p.refused("DELETE", "/v1/info", "", 404, "not_found")
	p.refused("GET", "/v1/info/", "", 404, "not_found")
	p.refused("GET", "/v1/dcs", "", 404, "not_found")
	p.refused("GET", "/v1/dcs/4", "", 404, "not_found")
}

func TestWireCalls(t *testing.T) {
	p := newPort(t)
	p.want("GET", "/v1/stats", "", 200, `{"since":"*","totals":"*","accounts":{},"layers":{},"process":{"cpu_seconds":"*","rss":"*"}}`)
	p.want("POST", "/v1/stats/reset", "", 200, `{}`)
	p.want("GET", "/v1/sessions?open=true&account="+mainBot, "", 200, `{"sessions":[]}`)
	p.refused("GET", "/v1/sessions?open=perhaps", "", 400, "bad_request")
	p.want("POST", "/v1/keys", `{"account":`+mainBot+`,"dc":2}`, 201, `{"auth_key":"*","auth_key_id":"*","salt":"*"}`)
	p.refused("POST", "/v1/keys", `{"account":`+mainBot+`,"dc":3}`, 404, "not_found")
	p.refused("POST", "/v1/keys", `{"bot":`+mainBot+`}`, 400, "bad_request")
	p.want("POST", "/v1/connections/reset", `{}`, 200, `{"closed":0}`)
	p.want("POST", "/v1/sessions/revoke", `{"account":`+mainBot+`,"error":"SESSION_REVOKED"}`, 200, `{"revoked":1}`)
	p.refused("POST", "/v1/sessions/revoke", `{"error":"OTHER"}`, 400, "bad_request")
	p.want("POST", "/v1/keys", `{"account":`+mainBot+`,"dc":4}`, 201, `{"auth_key":"*","auth_key_id":"*","salt":"*"}`)
	p.want("POST", "/v1/keys/drop", `{"account":`+mainBot+`}`, 200, `{"dropped":1}`)
	p.refused("POST", "/v1/keys/drop", `{"bot":1}`, 400, "bad_request")
}

func TestChatPage(t *testing.T) {
	p := newPort(t)
	r, err := http.Get(p.url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") || !strings.HasPrefix(r.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self';") {
		t.Errorf("status %d, %v", r.StatusCode, r.Header)
	}
	files, err := os.ReadDir("page")
	if err != nil {
		t.Fatal(err)
	}
	foreign := regexp.MustCompile(`(?i)(src="|href="|url\(["']?)(\w+:)?//|@import|<style|\sstyle="|\son\w+="|<script[^>]*>[^<]`)
	for _, f := range files {
		path := "/" + strings.TrimSuffix(f.Name(), "index.html") // a folder's name is its index
		status, b := p.do(t.Context(), "GET", path, "")
		if status != 200 {
			t.Errorf("%s: status %d", path, status)
		}
		if found := foreign.Find(b); found != nil {
			t.Errorf("%s has %q: the policy forbids what comes from elsewhere or stands inline", path, found)
		}
	}
	if status, _ := p.do(t.Context(), "GET", "/page.go", ""); status != 404 {
		t.Errorf("status %d for a file that is not there", status)
	}
}

// TestControlStaysHere: the control port has no login, so nothing but this machine
// may reach it, and no page of another port may show what it gives.
func TestControlStaysHere(t *testing.T) {
	for _, control := range []string{"0.0.0.0:0", ":0", "192.168.1.5:1", "example.org:1", "127.0.0.1"} {
		if _, err := fake.New(fake.Options{Control: control}); !errors.Is(err, teleplay.ErrInvalid) {
			t.Errorf("control port on %q: %v", control, err)
		}
	}
	p := newPort(t)
	r, err := http.Get(p.url + "/v1/settings")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if policy := r.Header.Get("Cross-Origin-Resource-Policy"); policy != "same-origin" {
		t.Errorf("resource policy %q", policy)
	}
}

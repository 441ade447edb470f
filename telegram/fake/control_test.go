package fake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teleplay/teleplay/telegram/fake"
)

// The seed's world has these.
const (
	firstUser = "777000001"
	mainBot   = "7000001"
	channel   = "1700000001"
	mainChat  = "/v1/users/" + firstUser + "/chats/" + mainBot
)

// port is the control port of a fake that does not listen for MTProto.
type port struct {
	t   *testing.T
	url string
}

func newPort(t *testing.T) *port {
	t.Helper()
	s, err := fake.New(fake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return portOf(t, s)
}

func portOf(t *testing.T, s *fake.Server) *port {
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return &port{t, srv.URL}
}

// do makes a call and gives the status and the body.
func (p *port) do(ctx context.Context, method, path, body string, header ...string) (int, []byte) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if a.StatusCode == http.StatusFound {
		b = []byte(a.Header.Get("Location"))
	}
	return a.StatusCode, b
}

// want makes a call and compares its answer. In the wanted JSON "*" is any value.
func (p *port) want(method, path, body string, status int, answer string) []byte {
	p.t.Helper()
	got, b := p.do(p.t.Context(), method, path, body)
	if got != status {
		p.t.Fatalf("%s %s: status %d, want %d: %s", method, path, got, status, b)
	}
	if diff := cmp.Diff(parse(p.t, []byte(answer)), parse(p.t, b), anything); diff != "" {
		p.t.Fatalf("%s %s: (-want +got)\n%s", method, path, diff)
	}
	return b
}

// refused makes a call and compares status and code of its error.
func (p *port) refused(method, path, body string, status int, code string) {
	p.t.Helper()
	p.want(method, path, body, status, `{"error":{"code":"`+code+`","message":"*"}}`)
}

func parse(t *testing.T, b []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return v
}

// get reads one value of an answer: field[string](t, b, "messages", 0, "text").
func field[T any](t *testing.T, b []byte, path ...any) T {
	t.Helper()
	v := parse(t, b)
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			if l, _ := v.([]any); s < len(l) {
				v = l[s]
			} else {
				v = nil
			}
		}
	}
	out, ok := v.(T)
	if !ok {
		t.Fatalf("%v is %T in %s", path, v, b)
	}
	return out
}

// anything makes "*" equal to every value that is there.
var anything = cmp.FilterValues(func(a, b any) bool { return (a == "*") != (b == "*") && isText(a, b) }, cmp.Comparer(func(a, b any) bool { return true }))

func isText(a, b any) bool {
	s, _ := a.(string)
	t, _ := b.(string)
	return s == "*" || t == "*"
}

// number reads one number of an answer.
func number(t *testing.T, b []byte, path ...any) json.Number {
	t.Helper()
	return field[json.Number](t, b, path...)
}

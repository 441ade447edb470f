package fake_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/teleplay/teleplay/telegram/fake"
)

// judges are clients that we did not write, each with the script that it runs and
// all that the script has to say in the end.
var judges = []struct {
	name, venv, script string
	dcs                []int
	want               string
}{
	{"Telethon", "telethon", "telethon_check.py", []int{2, 4}, "38 passed, 0 failed, 0 skipped"},
	{"TDLib at home", "tdlib", "tdlib_check.py", []int{1, 4}, "13 passed, 0 failed, 0 skipped"},
	{"TDLib from another DC", "tdlib", "tdlib_check.py", []int{2, 1}, "13 passed, 0 failed, 0 skipped"},
	{"PyroTGFork", "pyrotgfork", "pyrogram_check.py", []int{2, 4}, "34 passed, 0 failed, 0 skipped"},
	{"Kurigram", "kurigram", "pyrogram_check.py", []int{2, 4}, "34 passed, 0 failed, 0 skipped"},
}

// TestHonesty runs the judges. They need make deps, so without make honesty the
// test is skipped; with it nothing is.
func TestHonesty(t *testing.T) {
	if os.Getenv("TELEPLAY_HONESTY") == "" {
		t.Skip("clients of others judge the fake in make honesty")
	}
	for _, j := range judges {
		t.Run(j.name, func(t *testing.T) {
			python, err := filepath.Abs(filepath.Join("../../.venv", j.venv, "bin/python"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(python); err != nil {
				t.Fatalf("%v: run make deps", err)
			}
			if j.venv == "tdlib" {
				dialable(t)
			}
			s, _ := serve(t, fake.Options{DCs: j.dcs})
			dir := t.TempDir()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			script, err := filepath.Abs(filepath.Join("honesty", j.script))
			if err != nil {
				t.Fatal(err)
			}
			c := exec.CommandContext(ctx, python, "-B", script, configuration(t, s, j.dcs, dir))
			c.Dir = dir
			c.Env = append(os.Environ(), "TMPDIR="+dir)
			out, err := c.CombinedOutput()
			t.Logf("%s", out)
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if last := lines[len(lines)-1]; err != nil || last != j.want {
				t.Errorf("%v: %q, want %q", err, last, j.want)
			}
		})
	}
}

// dialable says why TDLib cannot be served: it dials port 443 and no other.
func dialable(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.1.1:443")
	if err != nil {
		t.Fatalf("%v: TDLib dials port 443 of 127.0.1.x; run as root, or allow the port: sysctl net.ipv4.ip_unprivileged_port_start=443", err)
	}
	_ = l.Close()
}

// furtherHooks are what pyrogram_check.py asks for beyond the kit.
var furtherHooks = map[string]struct{ method, path, body string }{
	"user_writes":      {"POST", "", `{"text":"{text}"}`},
	"user_sends_photo": {"POST", "", `{"media":{"kind":"photo","source":{"seed":3,"size":1},"width":640,"height":480},"text":"a photo"}`},
	"user_sends_album": {"POST", "", `{"album":[{"media":{"kind":"video","source":{"seed":4,"size":5000}}},{"media":{"kind":"video","source":{"seed":5,"size":5000}}}]}`},
	"user_edits":       {"PATCH", "/{message_id}", `{"text":"{text}"}`},
	"user_deletes":     {"DELETE", "/{message_id}", `{}`},
}

// configuration writes what the kit has to know of a running fake and gives its
// path; honesty/example.json says how the hooks look.
func configuration(t *testing.T, s *fake.Server, list []int, dir string) string {
	t.Helper()
	b, err := os.ReadFile("honesty/example.json")
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(b), "127.0.0.1:24429", s.ControlAddr())), &c); err != nil {
		t.Fatal(err)
	}
	addrs := map[string][]any{}
	for _, dc := range list {
		host, p, err := net.SplitHostPort(s.Addr(dc))
		if err != nil {
			t.Fatal(err)
		}
		port, _ := strconv.Atoi(p)
		addrs[strconv.Itoa(dc)] = []any{host, port}
	}
	var info struct {
		Bots  []struct{ Token string }
		Users []struct{ ID int64 }
	}
	fetch(t, s, "/v1/info", &info)
	key := filepath.Join(dir, "telegram.pem")
	if err := os.WriteFile(key, s.PublicKeyPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	c["public_key"], c["home_dc"], c["dcs"] = key, list[0], addrs
	c["bots"], c["user"], c["channel"] = []string{info.Bots[0].Token, info.Bots[1].Token}, info.Users[0].ID, -1001700000001
	c["home_file"], c["far_file"] = stored(t, s, 1, 3158073, list[0]), stored(t, s, 2, 3200049, list[1])
	for name, h := range furtherHooks {
		c["hooks"].(map[string]any)[name] = map[string]any{"method": h.method, "url": "http://" + s.ControlAddr() + "/v1/users/{user}/chats/{bot}/messages" + h.path, "body": json.RawMessage(h.body)}
	}
	out, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "fake.json")
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stored posts a synthetic film to the channel and says what the judges must find.
func stored(t *testing.T, s *fake.Server, seed uint32, size int64, dc int) map[string]any {
	t.Helper()
	p := &port{t, "http://" + s.ControlAddr()}
	post := p.want("POST", "/v1/channels/1700000001/messages", fmt.Sprintf(`{"items":[{"media":{"kind":"video",
		"source":{"seed":%d,"size":%d},"file_name":"film.mp4","mime_type":"video/mp4","duration":60,"width":640,"height":360,
		"thumb":{"seed":%d},"dc":%d},"text":"a film"}]}`, seed, size, seed, dc), 201, `{"messages":"*"}`)
	h := sha256.New()
	part := make([]byte, 1<<16)
	for o := int64(0); o < size; o += int64(len(part)) {
		part = part[:min(int64(len(part)), size-o)]
		for i := range part {
			part[i] = formula(seed, o+int64(i))
		}
		h.Write(part)
	}
	return map[string]any{"message": field[json.Number](t, post, "messages", 0, "id"), "size": size, "sha256": hex.EncodeToString(h.Sum(nil))}
}

// TestPackageSaysWhatJudgesIt: the table of the package comment has a line for each
// judge, with the version that is installed and what it has to say.
func TestPackageSaysWhatJudgesIt(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]int{}
	for line := range strings.Lines(string(doc)) {
		f := strings.Fields(line)
		if n := len(f); n > 3 && f[n-1] == "0" {
			for _, word := range f {
				lines[word+" "+f[n-2]]++
			}
		}
	}
	want := map[string]int{}
	for _, j := range judges {
		list, err := os.ReadFile(filepath.Join("honesty/venvs", j.venv+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(list), "\n")
		_, version, _ := strings.Cut(first, "==")
		passed, _, _ := strings.Cut(j.want, " ")
		want[version+" "+passed]++
	}
	for line, n := range want {
		if lines[line] != n {
			t.Errorf("%d lines say %q, want %d", lines[line], line, n)
		}
	}
}

// TestKitIsUnchanged: the judges' own scripts say what they said when they were
// written; the fake changes, not they.
func TestKitIsUnchanged(t *testing.T) {
	for name, want := range map[string]string{
		"README.md":         "21cbfc3acb8663f994c95b1456d59a32af4f3c025672dc1942a5c49dbaf764f2",
		"example.json":      "e9e46a21b3219f14d6d79cfb486806e855dfe04a258894c30f72f40b095e1aad",
		"kit.py":            "3c9c26eb9cb7532edfc89dbfc50cbef7dcf611d9b6cbd9addeca1dee9b39d5f3",
		"tdlib_check.py":    "7f5e1cc6cc7c8599620162c050de9a5a4ea4991cb0ef0544a01c508322c47170",
		"telethon_check.py": "df55e5f04fc9041cebe174d6ca5c37d1701d64ddcc3ad3cc876e2f83874adada",
	} {
		b, err := os.ReadFile(filepath.Join("honesty", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(b); hex.EncodeToString(got[:]) != want {
			t.Errorf("%s has changed: %x", name, got)
		}
	}
}

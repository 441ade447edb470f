package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/teleplay/teleplay/telegram"
)

// TestDemoPlaysEndsAndKeeps starts a demo, looks at its library, ends it, and
// starts it again on the same data.
func TestDemoPlaysEndsAndKeeps(t *testing.T) {
	data := t.TempDir()
	ports := []int{freePort(t), freePort(t)}
	start := func() (*process, demoReady) {
		p := startProcess(t, nil, "demo", "--json", "--data="+data,
			fmt.Sprintf("--listen=127.0.0.1:%d", ports[0]), fmt.Sprintf("--control=127.0.0.1:%d", ports[1]))
		var r demoReady
		p.line(&r)
		return p, r
	}
	first, r := start()
	if r.PID != first.cmd.Process.Pid || r.Data != data || len(r.Nodes) != 1 || r.Bot == 0 || r.User == 0 {
		t.Errorf("ready line %+v", r)
	}
	before := demoFiles(t, r)
	if len(before) != 6 {
		t.Errorf("the library has %d files: %v", len(before), before)
	}
	folders := map[string]int{}
	for _, f := range before {
		folders[f.Folder]++
	}
	if folders["Films"] != 4 || folders["Music"] != 1 || folders["Pictures"] != 1 {
		t.Errorf("folders %v", folders)
	}
	began := time.Now()
	if err := first.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := first.exit(); status != 0 {
		t.Errorf("SIGTERM: status %d\n%s", status, first.said())
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("ending took %v", d)
	}
	for _, pid := range []int{r.Telegram.PID, r.Nodes[0].PID} {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("child %d is still there", pid)
		}
	}

	second, r := start()
	after := demoFiles(t, r)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
	var stats struct {
		Totals struct{ Exchanges, Logins int }
	}
	if err := (controlAPI{r.ControlURL}).do(t.Context(), http.MethodGet, "/stats", nil, &stats); err != nil {
		t.Fatal(err)
	}
	if stats.Totals.Exchanges != 0 || stats.Totals.Logins != 0 {
		t.Errorf("the second start made %+v", stats.Totals)
	}

	// A second process on the same data is refused, whatever its ports.
	third := startProcess(t, nil, "demo", "--json", "--data="+data,
		fmt.Sprintf("--listen=127.0.0.1:%d", freePort(t)), fmt.Sprintf("--control=127.0.0.1:%d", freePort(t)))
	if status := third.exit(); status != 1 || !strings.Contains(third.said(), "another process uses the data directory") {
		t.Errorf("a second demo on one directory: status %d\n%s", status, third.said())
	}
	// Its end is its children's, even when it cannot say so.
	second.kill()
	for _, pid := range []int{r.Telegram.PID, r.Nodes[0].PID} {
		eventually(t, "the children end with their parent", func() bool { return syscall.Kill(pid, 0) != nil || zombie(pid) })
	}
}

// zombie says whether a process is dead and only not yet collected.
func zombie(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ")
	return err == nil && strings.HasPrefix(rest, "Z")
}

type shelf struct{ Folder, Name string }

// demoFiles lists a demo's library as its user sees it.
func demoFiles(t *testing.T, r demoReady) (list []shelf) {
	t.Helper()
	l := library{control: controlAPI{r.ControlURL}, node: r.URL, user: r.User, bot: r.Bot}
	if err := l.login(t.Context()); err != nil {
		t.Fatal(err)
	}
	var folders []struct {
		ID   int
		Name string
	}
	if err := l.api(t.Context(), http.MethodGet, "/api/folders?all=1", nil, &folders); err != nil {
		t.Fatal(err)
	}
	names := map[int]string{0: ""}
	for _, f := range folders {
		names[f.ID] = f.Name
	}
	for id, name := range names {
		for page := 1; ; page++ {
			var files struct {
				Files []struct {
					Name string `json:"file_name"`
				}
			}
			if err := l.api(t.Context(), http.MethodGet, fmt.Sprintf("/api/files?folder_id=%d&per_page=100&page=%d", id, page), nil, &files); err != nil {
				t.Fatal(err)
			}
			for _, f := range files.Files {
				list = append(list, shelf{name, f.Name})
			}
			if len(files.Files) < 100 {
				break
			}
		}
	}
	sortShelves(list)
	return list
}

// TestDemoGoesOnAfterAnInterruptedFill: a start that was killed while it filled the
// library is gone on with, not begun again.
func TestDemoGoesOnAfterAnInterruptedFill(t *testing.T) {
	data := t.TempDir()
	start := func() (*process, demoReady) {
		p := startProcess(t, nil, "demo", "--json", "--data="+data,
			fmt.Sprintf("--listen=localhost:%d", freePort(t)), fmt.Sprintf("--control=127.0.0.1:%d", freePort(t)))
		var r demoReady
		p.line(&r)
		return p, r
	}
	p, r := start()
	before := demoFiles(t, r)
	// As if it had been killed between sending a file and moving it.
	l := library{control: controlAPI{r.ControlURL}, node: r.URL, user: r.User, bot: r.Bot}
	if err := cmp.Or(l.login(t.Context()), l.look(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := l.api(t.Context(), http.MethodPatch, "/api/files/"+l.files["films/colony.mp4"], map[string]any{"folder_id": 0}, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(data, libraryMarker)); err != nil {
		t.Fatal(err)
	}
	p.kill()
	for _, pid := range []int{r.Telegram.PID, r.Nodes[0].PID} {
		eventually(t, "the children end", func() bool { return syscall.Kill(pid, 0) != nil || zombie(pid) })
	}
	_, r = start()
	if after := demoFiles(t, r); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
}

// TestDemoWithALibraryOfOnesOwn: what can be sent is, in its folders; the rest is
// named and left out.
func TestDemoWithALibraryOfOnesOwn(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"...And Justice/a.mp3", "S.H.I.E.L.D./one.mkv", "Films/b.mp4", "films/c.mp4", "top.jpg", "notes.txt"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 150 { // more than the API takes at once
		if err := os.WriteFile(filepath.Join(dir, "Films", fmt.Sprintf("many %d.mp3", i)), []byte{byte(i)}, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "broken.mp4")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.mp3"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "empty.mkv"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	p := startProcess(t, nil, "demo", "--json", "--library="+dir,
		fmt.Sprintf("--listen=127.0.0.1:%d", freePort(t)), fmt.Sprintf("--control=127.0.0.1:%d", freePort(t)))
	var r demoReady
	p.line(&r)
	found := map[string]int{}
	for _, f := range demoFiles(t, r) {
		found[f.Folder]++
	}
	if found["...And Justice"] != 1 || found["S.H.I.E.L.D."] != 1 || found["Films"]+found["films"] != 152 || found[""] != 1 || len(found) != 4 {
		t.Errorf("the library has %v", found)
	}
	for _, name := range []string{"broken.mp4", "pipe.mp3", "empty.mkv"} {
		if !strings.Contains(p.said(), name) {
			t.Errorf("%s is left out without a word:\n%s", name, p.said())
		}
	}
}

func TestDemoEndsWithAChild(t *testing.T) {
	p := startProcess(t, nil, "demo", "--json", fmt.Sprintf("--listen=127.0.0.1:%d", freePort(t)), fmt.Sprintf("--control=127.0.0.1:%d", freePort(t)))
	var r demoReady
	p.line(&r)
	if err := syscall.Kill(r.Nodes[0].PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if status := p.exit(); status != 1 || !strings.Contains(p.said(), "node-1 ended") {
		t.Errorf("status %d\n%s", status, p.said())
	}
	if _, err := os.Stat(r.Data); !os.IsNotExist(err) {
		t.Errorf("the temporary data is still there: %v", err)
	}
}

func TestDemoStaysAwayFromRealTelegram(t *testing.T) {
	env := []string{"TELEGRAM_BOT_TOKEN=123456:real-token-of-somebody"}
	status, _, stderr := runHere(t, env, "demo", "--listen=0.0.0.0:0")
	if status != 2 || !strings.Contains(stderr, "real tokens") {
		t.Errorf("a public demo beside real tokens: status %d, %q", status, stderr)
	}
}

func TestServeIsAloneOnItsData(t *testing.T) {
	tg := startTelegram(t, "--bots=1")
	dir, port := t.TempDir(), freePort(t)
	first := startProcess(t, tg.settings(dir, port), "serve")
	awaitNode(t, first, port)
	second := startProcess(t, tg.settings(dir, freePort(t)), "serve")
	if status := second.exit(); status != 1 || !strings.Contains(second.said(), "another process uses the data directory") {
		t.Errorf("status %d\n%s", status, second.said())
	}
	third := startProcess(t, tg.settings(t.TempDir(), port), "serve")
	if status := third.exit(); status != 1 || !strings.Contains(third.said(), fmt.Sprintf("127.0.0.1:%d is in use", port)) {
		t.Errorf("status %d\n%s", status, third.said())
	}
	if err := first.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := first.exit(); status != 0 {
		t.Errorf("SIGTERM: status %d\n%s", status, first.said())
	}
}

// TestServeRefusesDamagedKeys: a key store that cannot be read whole, or that is not
// this node's, is named in one line and left as it is.
func TestServeRefusesDamagedKeys(t *testing.T) {
	tg := startTelegram(t, "--bots=1")
	store := func(secret string) []byte {
		file := filepath.Join(t.TempDir(), "telegram.keys")
		keys, err := telegram.OpenKeys(file, atRest(secret), nodeName)
		if err == nil {
			err = keys.Put(7, 2, telegram.Key{Salt: 1})
		}
		b, failed := os.ReadFile(file)
		if err = errors.Join(err, failed); err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := store(testSecret)
	damaged := bytes.Clone(good)
	damaged[len(damaged)/2] ^= 1
	for name, bad := range map[string][]byte{
		"garbage": []byte("not a key store"), "empty": {}, "cut short": good[:len(good)-1], "damaged": damaged,
		"another secret": store("another secret, 32 bytes long....."),
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "telegram.keys")
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		p := startProcess(t, tg.settings(dir, freePort(t)), "serve")
		if status := p.exit(); status != 1 || strings.Count(p.said(), file) != 1 || !strings.Contains(p.said(), "restore the file") || strings.Contains(p.said(), "goroutine") {
			t.Errorf("%s: status %d\n%s", name, status, p.said())
		}
		if b, _ := os.ReadFile(file); !bytes.Equal(b, bad) {
			t.Errorf("%s: the damaged file was replaced", name)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "telegram.keys"), good, 0o600); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	awaitNode(t, startProcess(t, tg.settings(dir, port), "serve"), port)
}

func TestFakeTelegramPorts(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p := startProcess(t, nil, "fake-telegram", "--listen=127.0.0.1:0", "--control="+ln.Addr().String())
	if status := p.exit(); status != 1 || !strings.Contains(p.said(), ln.Addr().String()) || strings.Count(strings.TrimSpace(p.said()), "\n") > 0 {
		t.Errorf("a port in use: status %d\n%s", status, p.said())
	}
	for _, args := range [][]string{
		{"fake-telegram", "--listen=0.0.0.0:0"},
		{"fake-telegram", "--control=0.0.0.0:0"},
		{"fake-telegram", "--dcs=two"},
		{"fake-telegram", "--bots=-1"},
		{"fake-telegram", "--listen=127.0.0.1:0", "--profile=fast"},
		{"fake-telegram", "--listen=127.0.0.1:0", "--rate=7"},
		{"fake-telegram", "--flood=2"},
		{"fake-telegram", "--reference-ttl=-1s"},
		{"demo", "--bots=0"},
		{"demo", "--rtt=-1s"},
		{"no-such-command"},
		{"serve", "--no-such-flag"},
	} {
		if status, _, stderr := runHere(t, nil, args...); status != 2 || strings.TrimSpace(stderr) == "" {
			t.Errorf("%v: status %d, %q", args, status, stderr)
		}
	}
}

func TestFakeTelegramLimits(t *testing.T) {
	f := startTelegram(t, "--flood=0.25", "--reference-ttl=90s")
	var limits struct {
		GetFile struct{ Probability float64 } `json:"get_file"`
	}
	var settings struct {
		TTL string `json:"reference_ttl"`
	}
	f.get(t, "/limits", &limits)
	f.get(t, "/settings", &settings)
	if limits.GetFile.Probability != 0.25 || settings.TTL != "1m30s" {
		t.Errorf("got %+v, %+v", limits, settings)
	}
}

func TestVersionAndHelp(t *testing.T) {
	if status, out, _ := runHere(t, nil, "version"); status != 0 || !strings.HasPrefix(out, "teleplay ") {
		t.Errorf("version: status %d, %q", status, out)
	}
	if status, out, _ := runHere(t, nil, "--help"); status != 0 || !strings.Contains(out, "fake-telegram") {
		t.Errorf("help: status %d, %q", status, out)
	}
}

func sortShelves(list []shelf) {
	slices.SortFunc(list, func(a, b shelf) int {
		return cmp.Or(cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Name, b.Name))
	})
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test binary behave as teleplay, so that real processes can be
// started and killed without a build of their own.
const asProgram = "TELEPLAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Setenv(asProgram, "1")
	os.Exit(m.Run())
}

// patience bounds every wait of the process tests: these machines are shared.
const patience = 60 * time.Second

// process is a running teleplay.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	lines  chan []byte // of stdout
	ended  chan struct{}
	stdin  io.Closer
	mu     sync.Mutex
	stderr bytes.Buffer // guarded by mu
}

func startProcess(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0], args...), lines: make(chan []byte, 64), ended: make(chan struct{})}
	p.cmd.Env = append(bareEnv(), env...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stderr = writerFunc(func(b []byte) (int, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.stderr.Write(b)
	})
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s := bufio.NewScanner(stdout)
		for s.Scan() {
			p.lines <- append([]byte(nil), s.Bytes()...)
		}
		p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(args, " "), p.said())
		}
	})
	return p
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

// bareEnv is the environment without what would change a node.
func bareEnv() []string {
	env, _ := withoutTelegram(os.Environ())
	return env
}

// line waits for a line of stdout and reads it as JSON.
func (p *process) line(out any) {
	p.t.Helper()
	select {
	case b := <-p.lines:
		if err := json.Unmarshal(b, out); err != nil {
			p.t.Fatalf("%q: %v", b, err)
		}
	case <-p.ended:
		p.t.Fatalf("ended early: %v\n%s", p.cmd.ProcessState, p.said())
	case <-time.After(patience):
		p.t.Fatalf("said nothing\n%s", p.said())
	}
}

// exit waits for the end and gives the status.
func (p *process) exit() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("does not end\n%s", p.said())
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.ended
}

// telegramProcess is a fake Telegram as a process of its own.
type telegramProcess struct {
	*process
	fakeReady
	control controlAPI
}

func startTelegram(t *testing.T, args ...string) *telegramProcess {
	t.Helper()
	key := filepath.Join(t.TempDir(), "telegram.pem")
	p := startProcess(t, nil, append([]string{"fake-telegram", "--json", "--listen=127.0.0.1:0", "--control=127.0.0.1:0", "--public-key-out=" + key}, args...)...)
	f := &telegramProcess{process: p}
	p.line(&f.fakeReady)
	f.control = controlAPI{f.ControlURL}
	return f
}

// settings are the environment of a node that uses this Telegram.
func (f *telegramProcess) settings(dir string, port int) []string {
	var helpers []string
	for _, b := range f.Bots[1:] {
		helpers = append(helpers, b.Token)
	}
	return []string{
		fmt.Sprintf("TELEGRAM_API_ID=%d", f.APIID), "TELEGRAM_API_HASH=" + f.APIHash,
		fmt.Sprintf("TELEGRAM_STORAGE_CHANNEL_ID=%d", f.ChannelID),
		"TELEGRAM_BOT_TOKEN=" + f.Bots[0].Token, "TELEGRAM_HELPER_BOT_TOKENS=" + strings.Join(helpers, ","),
		"TELEGRAM_DC_ADDR=" + f.DCAddrs[0], "TELEGRAM_PUBLIC_KEY_FILE=" + f.PublicKeyFile,
		"JWT_SECRET=0123456789abcdef0123456789abcdef", "DATA_DIR=" + dir,
		"SERVER_HOST=127.0.0.1", fmt.Sprintf("SERVER_PORT=%d", port), fmt.Sprintf("WEB_BASE_URL=http://127.0.0.1:%d", port),
		"CACHE_MEMORY=64MiB",
	}
}

func (f *telegramProcess) get(t *testing.T, path string, out any) {
	t.Helper()
	if err := f.control.do(t.Context(), http.MethodGet, path, nil, out); err != nil {
		t.Fatal(err)
	}
}

// freePort is a port that nobody uses, and that no outgoing connection takes
// before its server does: those have higher ones (Linux: from 32768 on).
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 20_000 + rand.IntN(12_000)
		if ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = ln.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// awaitNode waits until a node serves.
func awaitNode(t *testing.T, p *process, port int) {
	t.Helper()
	eventually(t, "the node is ready", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("ended early: %v\n%s", p.cmd.ProcessState, p.said())
		default:
		}
		return callJSON(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/ready", port), "", nil, nil) == nil
	})
}

// eventually polls until ok; other processes tell nothing by themselves.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// runHere runs a command line inside this process.
func runHere(t *testing.T, env []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGUSR2)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out, errs bytes.Buffer
	p := program{args, env, strings.NewReader(""), &out, &errs}
	t.Chdir(t.TempDir())
	status = p.run(ctx)
	return status, out.String(), errs.String()
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/teleplay/teleplay/telegram/fake"
)

// telegramCommand is the fake Telegram as a process: it ends when its standard
// input does, so with the bench that started it, even a killed one.
type telegramCommand struct {
	Bots int `default:"4"`
}

// telegramReady is the one line that it prints.
type telegramReady struct {
	Control string `json:"control"`
}

func (c *telegramCommand) Run(ctx context.Context, p *program) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		io.Copy(io.Discard, p.stdin)
		stop()
	}()
	s, err := fake.New(fake.Options{Listen: "127.0.0.1:0", Control: "127.0.0.1:0", Bots: c.Bots})
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.Run(ctx) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-s.Ready():
			return json.NewEncoder(p.stdout).Encode(telegramReady{s.ControlAddr()})
		}
	})
	return g.Wait()
}

// readyWait bounds the start of the fake and of what connects to it.
const readyWait = 30 * time.Second

// startTelegram starts the fake with a number of bots and returns its control
// address. stop ends it and waits.
func startTelegram(stderr io.Writer, bots int) (control string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "telegram", fmt.Sprintf("--bots=%d", bots))
	cmd.Stderr = stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a ctrl-c is ours: it ends after those who use it
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start the fake Telegram: %w", err)
	}
	stop = sync.OnceFunc(func() {
		stdin.Close()
		late := time.AfterFunc(readyWait, func() { cmd.Process.Kill() })
		defer late.Stop()
		cmd.Wait()
	})
	late := time.AfterFunc(readyWait, func() { cmd.Process.Kill() })
	defer late.Stop()
	var r telegramReady
	if err := json.NewDecoder(stdout).Decode(&r); err != nil {
		stop()
		return "", nil, errors.New("the fake Telegram ended before it was ready")
	}
	return r.Control, stop, nil
}

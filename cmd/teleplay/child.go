package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// tailLines is how much of a child's last words is kept for the case that it dies.
const tailLines = 8

// child is another run of this program that ends with this one: it watches its
// standard input, which closes when this process is gone.
type child struct {
	name  string
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{} // closed when it is gone

	mu   sync.Mutex
	tail []string // guarded by mu
}

// startChild runs this program with args in dir. Its stderr goes to log; line gets
// each line of its stdout.
func startChild(name string, log io.Writer, env []string, dir string, line func([]byte), args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{name: name, cmd: exec.Command(self, args...), ended: make(chan struct{})}
	c.cmd.Env, c.cmd.Dir = env, dir
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a ctrl-c of the terminal is for the parent, which ends its children in order
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	var pipes sync.WaitGroup
	pipes.Go(func() { c.lines(stdout, line) })
	pipes.Go(func() { c.lines(stderr, func(b []byte) { c.remember(string(b)); fmt.Fprintf(log, "%s\n", b) }) })
	go func() {
		pipes.Wait()
		c.cmd.Wait()
		close(c.ended)
	}()
	return c, nil
}

func (c *child) lines(r io.Reader, each func([]byte)) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if each != nil {
			each(append([]byte(nil), s.Bytes()...))
		}
	}
	io.Copy(io.Discard, r) // a line beyond the bound: keep the pipe flowing
}

func (c *child) remember(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tail = append(c.tail, line)
	if len(c.tail) > tailLines {
		c.tail = c.tail[1:]
	}
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// why says that the child ended, with its last words.
func (c *child) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &fault{1, fmt.Sprintf("teleplay: %s ended (%v):\n  %s", c.name, c.cmd.ProcessState, strings.Join(c.tail, "\n  "))}
}

// stop asks the child to end and kills it after wait. It returns when it is gone.
func (c *child) stop(wait time.Duration) {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		c.cmd.Process.Kill()
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-c.ended:
	case <-t.C:
		c.cmd.Process.Kill()
		<-c.ended
	}
}

// Command teleplay is the whole product in one program: serve runs a node, demo
// lets one play with it, fake-telegram is the Telegram that the demo and the
// tests talk to.
//
// The package wires the rooms and holds no logic of theirs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/teleplay/teleplay"
)

// program is the process as a value, so that tests run it without one.
type program struct {
	args           []string
	env            []string // as os.Environ
	stdin          io.Reader
	stdout, stderr io.Writer
}

// commands is the command line.
type commands struct {
	Serve        serveCommand   `cmd:"" help:"Run a node. Settings come from the environment and from .env in the working directory."`
	Demo         demoCommand    `cmd:"" help:"A library to play with: a fake Telegram, one node, and a few clips."`
	FakeTelegram fakeCommand    `cmd:"" help:"Run the Telegram that demo and tests talk to."`
	Version      versionCommand `cmd:"" help:"Print the version."`
}

// fault ends the program with a status and a message that says what to do.
type fault struct {
	status int
	text   string
}

func (f *fault) Error() string { return f.text }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := program{os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr}
	status := p.run(ctx)
	stop()
	os.Exit(status)
}

// run runs the command line and returns the exit status: 0 when ctx ended it, 2
// for a wrong command line or wrong settings, 1 for everything else.
func (p *program) run(ctx context.Context) int {
	var c commands
	exited := false
	parser, err := kong.New(&c, kong.Name("teleplay"),
		kong.Description("Your films in a private Telegram channel, served as if they lay on a local disk."),
		kong.Writers(p.stdout, p.stderr), kong.Exit(func(int) { exited = true }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(p))
	if err != nil {
		fmt.Fprintln(p.stderr, err)
		return 1
	}
	parsed, err := parser.Parse(p.args)
	if exited {
		return 0
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "teleplay: %v. teleplay --help lists what there is.\n", err)
		return 2
	}
	err = parsed.Run()
	var f *fault
	switch {
	case err == nil:
		return 0
	case errors.As(err, &f):
		fmt.Fprintln(p.stderr, f.text)
		return f.status
	default:
		fmt.Fprintln(p.stderr, "teleplay:", err)
		if e := (*teleplay.Error)(nil); errors.As(err, &e) && e.Hint != "" {
			fmt.Fprintln(p.stderr, "teleplay:", e.Hint)
		}
		return 1
	}
}

// Command tpbench measures the way from Telegram to the node: how soon a seek is
// answered, how much flows, what that costs, and what trouble does to a stream.
//
// Each bench starts a fake Telegram as a process of its own, whose network and
// computing are its own, and drives telegram.Pool in this one; gotd's stock client
// runs beside it as the measure of what is easy to have. All bytes are compared
// with what the fake's formula says, outside of what is timed. A bench prints a
// table, writes the same as JSON if asked, and names the gates it holds or misses
// (gates.go); whether they hold is judged by tpbench gates, so that one that is
// missed keeps none of the others from running.
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
)

// program is the process as a value, so that tests run it without one.
type program struct {
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// commands is the command line.
type commands struct {
	Cold      coldCommand      `cmd:"" help:"How soon a seek is answered: first byte, 64 KiB, whole MiB; over warm and idle lanes."`
	Sustained sustainedCommand `cmd:"" help:"How much of the connections' rate arrives."`
	CPU       cpuCommand       `cmd:"" name:"cpu" help:"CPU seconds and allocations a byte, without a limit of rate."`
	Trouble   troubleCommand   `cmd:"" help:"A long stream while references die and a bot is told to wait."`
	Fake      fakeCommand      `cmd:"" help:"Whether the fake Telegram's network is as slow as it says."`
	Gates     gatesCommand     `cmd:"" help:"Judge the files that the benches wrote."`
	Telegram  telegramCommand  `cmd:"" hidden:"" help:"The fake Telegram that the benches start."`
}

// fault ends the program with a status and a message that says what to do.
type fault struct {
	status int
	text   string
}

func (f *fault) Error() string { return f.text }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := program{os.Args[1:], os.Stdin, os.Stdout, os.Stderr}
	status := p.run(ctx)
	stop()
	os.Exit(status)
}

func newParser(c *commands, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(options, kong.Name("tpbench"),
		kong.Description("Measures the way from Telegram to the node against a fake Telegram. Gates are written by runs that are as strict as the defaults, or stricter."),
		kong.Vars{"idle": idleTime.String()})...)
}

// run runs the command line and returns the exit status: 2 for a wrong command
// line, 1 for a bench that could not run and for a gate that does not hold.
func (p *program) run(ctx context.Context) int {
	var c commands
	exited := false
	parser, err := newParser(&c, kong.Writers(p.stdout, p.stderr), kong.Exit(func(int) { exited = true }),
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
		fmt.Fprintf(p.stderr, "tpbench: %v. tpbench --help lists what there is.\n", err)
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
		fmt.Fprintln(p.stderr, "tpbench:", err)
		return 1
	}
}

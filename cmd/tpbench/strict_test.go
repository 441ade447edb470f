package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestGatedByDefault: gates are written by the defaults and by what is stricter,
// and by nothing that is weaker in a single way.
func TestGatedByDefault(t *testing.T) {
	for args, want := range map[string]bool{
		"cold": true, "cold --seeks 101 --idle-seeks 21 --idle 2s --seed 7": true, "cold --settings 2x4": true,
		"cold --seeks 99": false, "cold --idle-seeks 19": false, "cold --idle 1099ms": false, "cold --profile none": false,
		"cold --seeks 1 --idle-seeks 1 --idle 0s": false,
		"sustained": true, "sustained --for 8s --flood 0": true,
		"sustained --for 6999ms": false, "sustained --profile none": false,
		"cpu": true, "cpu --rounds 8 --mib 257": true,
		"cpu --rounds 6": false, "cpu --mib 255": false, "cpu --setting 2x2": false,
		"trouble": true, "trouble --for 29s --references 19s --flood 6 --flood-at 7s": true,
		"trouble --for 27999ms": false, "trouble --references 20001ms": false, "trouble --flood 4": false, "trouble --flood 0": false,
		"trouble --flood-at 8001ms": false, "trouble --setting 4x4": false, "trouble --setting 2x2": false, "trouble --quick": false,
		"fake": true, "fake --calls 21 --idle 2s": true,
		"fake --calls 19": false, "fake --idle 1099ms": false, "fake --quick": false,
	} {
		var c commands
		parser, err := newParser(&c)
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(args)
		if _, err := parser.Parse(fields); err != nil {
			t.Fatal(err)
		}
		benches := map[string]interface{ gated() bool }{"cold": &c.Cold, "sustained": &c.Sustained, "cpu": &c.CPU, "trouble": &c.Trouble, "fake": &c.Fake}
		if len(benches) != len(networks) {
			t.Fatalf("%d benches are tried of %d", len(benches), len(networks))
		}
		if got := benches[fields[0]].gated(); got != want {
			t.Errorf("%s: gates are written: %v, want %v", args, got, want)
		}
	}
}

// TestTroubleWasMet: a stream that met no trouble says nothing of trouble.
func TestTroubleWasMet(t *testing.T) {
	strict := troubleCommand{Setting: setting{4, 2}, For: 28 * time.Second, References: 20 * time.Second, FloodAt: 8 * time.Second, Flood: 5}
	loose := strict
	loose.References = 10 * time.Hour
	calm := loose
	calm.Flood = 0
	for _, x := range []struct {
		c            troubleCommand
		floods, dead int
		says         string
	}{
		{strict, 1, 1, ""}, {strict, 0, 1, "no bot was told to wait"}, {strict, 1, 0, "no reference died"},
		{loose, 1, 0, ""}, {loose, 0, 1, "no bot was told to wait"}, {calm, 0, 0, ""},
	} {
		err := x.c.met(x.floods, x.dead)
		if (err == nil) != (x.says == "") || err != nil && !strings.Contains(err.Error(), x.says) {
			t.Errorf("%+v, %d floods, %d dead references: %v, want %q", x.c, x.floods, x.dead, err, x.says)
		}
	}
}

// TestWhatFailsLeavesNoFile: a bench whose end fails has not measured, and the file
// of another run does not stand for it.
func TestWhatFailsLeavesNoFile(t *testing.T) {
	broken := errors.New("the pool did not end well")
	for name, x := range map[string]struct {
		measured, closed error
	}{"measuring": {broken, nil}, "closing": {nil, broken}, "nothing": {nil, nil}} {
		file := filepath.Join(t.TempDir(), "cold.json")
		if err := os.WriteFile(file, []byte("of before"), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := output{JSON: file, Limit: time.Minute}.bench(t.Context(), &program{stdout: &out}, func(context.Context) (_ *report, err error) {
			defer func() { err = errors.Join(err, x.closed) }()
			return newReport("cold", shaped.title()), x.measured
		})
		_, gone := os.Stat(file)
		failed := name != "nothing"
		if errors.Is(err, broken) != failed || errors.Is(gone, os.ErrNotExist) != failed || (out.Len() == 0) != failed {
			t.Errorf("%s fails: %v, file: %v, table %q", name, err, gone, &out)
		}
	}
}

// TestDistances: the gates of the fake's timing see a size that is off as a whole
// and calls that are late now and then.
func TestDistances(t *testing.T) {
	steady := make(sample, 20)
	for i := range steady {
		steady[i] = 101
	}
	late := append(sample{}, steady...)
	for i := range 5 {
		late[i] = 150
	}
	var d distances
	d.add(steady, 100)
	d.add(steady, 95)
	d.add(steady, 104)
	if d.median != 6 || d.all.at(95) != 6 || len(d.all) != 60 {
		t.Errorf("median %v, p95 %v of %d", d.median, d.all.at(95), len(d.all))
	}
	d.add(late, 100)
	if d.median != 6 || d.all.at(95) != 50 {
		t.Errorf("with late calls: median %v, p95 %v", d.median, d.all.at(95))
	}
}

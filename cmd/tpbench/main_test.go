package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// asProgram makes the test binary behave as tpbench: benches start themselves as
// the fake Telegram.
const asProgram = "TPBENCH_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Setenv(asProgram, "1")
	os.Exit(m.Run())
}

func runHere(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	p := program{args, strings.NewReader(""), &out, &errs}
	status = p.run(ctx)
	return status, out.String(), errs.String()
}

// TestEachBenchRuns in a tiny form, on a network without limits: all bytes are right,
// and table and file say the same.
func TestEachBenchRuns(t *testing.T) {
	for _, x := range []struct {
		args string
		rows []string // name, setting and number of samples
	}{
		{"cold --profile none --settings 1x1,2x2 --seeks 4 --idle-seeks 2 --idle 1ms", []string{
			"first byte 1x1 warm 4", "first 64 KiB 1x1 warm 4", "whole MiB 1x1 warm 4",
			"first byte 2x2 warm 4", "first 64 KiB 2x2 warm 4", "whole MiB 2x2 warm 4", "whole MiB stock warm 2",
			"first byte 1x1 idle 2", "first 64 KiB 1x1 idle 2", "whole MiB 1x1 idle 2",
			"first byte 2x2 idle 2", "first 64 KiB 2x2 idle 2", "whole MiB 2x2 idle 2", "whole MiB stock idle 2",
		}},
		{"sustained --profile none --settings 2x1 --for 20ms --flood 1e-9", []string{"rate 2x1 1", "rate stock 1", "rate under floods 2x1 1"}},
		{"cpu --setting 1x2 --rounds 2 --mib 3", []string{
			"client CPU 1x2 2", "fake CPU 1x2 2", "allocated 1x2 2", "rate 1x2 2",
			"client CPU stock 2", "fake CPU stock 2", "allocated stock 2", "rate stock 2", "client CPU of stock's 1x2 2",
		}},
		{"trouble --quick --setting 2x1 --for 200ms --references 5s --flood-at 20ms --flood 1", []string{
			"first byte 2x1 1", "rate 2x1 1", "wrong bytes 2x1 1", "floods 2x1 1", "dead references 2x1 1",
		}},
		{"fake --quick --calls 2 --idle 1ms", []string{
			"getFile of 16 KiB one connection, warm 2", "getFile of 16 KiB one connection, idle 2",
			"getFile of 128 KiB one connection, warm 2", "getFile of 128 KiB one connection, idle 2",
			"getFile of 1024 KiB one connection, warm 2", "getFile of 1024 KiB one connection, idle 2",
			"distance to that time warm 6", "distance to that time idle 6",
		}},
	} {
		args := strings.Fields(x.args)
		t.Run(args[0], func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "out.json")
			status, stdout, stderr := runHere(t, append(args, "--json", file)...)
			if status != 0 || stderr != "" {
				t.Fatalf("status %d\n%s", status, stderr)
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r report
			if err := json.Unmarshal(b, &r); err != nil {
				t.Fatal(err)
			}
			if r.Bench != args[0] || r.Profile != unshaped.title() || r.Commit == "" || r.Machine == "" {
				t.Errorf("%q %q %q %q", r.Bench, r.Profile, r.Commit, r.Machine)
			}
			var rows []string
			for _, row := range r.Rows {
				if row.Name == "gap between two reads" { // as many as there were reads
					continue
				}
				rows = append(rows, row.Name+" "+row.Setting+" "+figureInt(row.N))
				if !(row.P50 >= 0 && row.P50 <= row.P95 && row.P95 <= row.Max) {
					t.Errorf("%s: %v %v %v", row.Name, row.P50, row.P95, row.Max)
				}
				if row.Name == "wrong bytes" && row.Max != 0 || row.Name == "floods" && row.Max < 1 {
					t.Errorf("%s: %v", row.Name, row.Max)
				}
			}
			if !slices.Equal(rows, x.rows) {
				t.Errorf("rows\n%s", strings.Join(rows, "\n"))
			}
			if len(r.Gates) != 0 {
				t.Errorf("gates %v of a tiny form", r.Gates)
			}
			var table bytes.Buffer
			if err := r.table(&table); err != nil || table.String() != stdout {
				t.Errorf("the file says\n%s\nthe table\n%s", &table, stdout)
			}
		})
	}
}

func figureInt(n int) string { b, _ := json.Marshal(n); return string(b) }

func TestCommandLine(t *testing.T) {
	for _, x := range []struct{ args, says string }{
		{"", "expected one of"},
		{"cold --settings 2", `want helpers and lanes of each, like 2x4`},
		{"cold --settings 0x4", `want helpers and lanes of each, like 2x4`},
		{"cold --seeks some", "--seeks"},
		{"cold --profile fast", `--profile must be one of "bench","none"`},
		{"gates", "<files>"},
		{"swim", "unexpected argument swim"},
	} {
		status, stdout, stderr := runHere(t, strings.Fields(x.args)...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, x.says) {
			t.Errorf("%q: status %d, %q %q", x.args, status, stdout, stderr)
		}
	}
	if status, stdout, _ := runHere(t, "cold", "--help"); status != 0 || !strings.Contains(stdout, "--idle=1.1s") {
		t.Errorf("help: status %d\n%s", status, stdout)
	}
}

func TestSetting(t *testing.T) {
	for text, want := range map[string]setting{"2x4": {2, 4}, "1x1": {1, 1}, "16x16": {16, 16}} {
		var s setting
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want || s.String() != text {
			t.Errorf("%q: %v %v", text, s, err)
		}
	}
	for _, text := range []string{"", "x", "2x", "x4", "2x4x1", "2 x4", "+2x4", "-2x-4", "2x0", "17x16", "2X4", "2x4 "} {
		if err := new(setting).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

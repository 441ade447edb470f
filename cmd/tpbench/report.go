package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"
)

// output is where a bench writes, and how long it may take.
type output struct {
	JSON  string        `name:"json" help:"Write rows and gates to this file too." placeholder:"FILE" type:"path"`
	Limit time.Duration `default:"5m" help:"Give up after that."`
}

func (o output) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, o.Limit, fmt.Errorf("not done within %v", o.Limit))
}

// bench measures within the time and writes the report. What fails leaves no file,
// not even one of before: measure returns when all that it opened is closed.
func (o output) bench(ctx context.Context, p *program, measure func(context.Context) (*report, error)) error {
	if o.JSON != "" {
		if err := os.Remove(o.JSON); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	ctx, stop := o.within(ctx)
	defer stop()
	r, err := measure(ctx)
	if err != nil {
		return err
	}
	return r.write(p.stdout, o)
}

// report is what a bench found; it is the file of --json.
type report struct {
	Bench   string `json:"bench"`
	Commit  string `json:"commit"`
	Machine string `json:"machine"`
	Profile string `json:"profile"`
	Rows    []row  `json:"rows"`
	Gates   []gate `json:"gates"`
}

// row is one figure, of n samples.
type row struct {
	Name    string `json:"name"`
	Setting string `json:"setting"`
	How     string `json:"how"`
	Unit    string `json:"unit"`
	N       int    `json:"n"`
	P50     figure `json:"p50"`
	P95     figure `json:"p95"`
	Max     figure `json:"max"`
}

// gate is a promise and how it was kept.
type gate struct {
	Name  string `json:"name"`
	Value figure `json:"value"`
	Limit figure `json:"limit"`
	Unit  string `json:"unit"`
	OK    bool   `json:"ok"`
}

// figure is a number that JSON knows as null when it is none.
type figure float64

func (f figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

func newReport(bench, profile string) *report {
	return &report{Bench: bench, Commit: commit(), Machine: machine(), Profile: profile, Rows: []row{}, Gates: []gate{}}
}

func (r *report) row(name, setting, how, unit string, s sample) {
	r.Rows = append(r.Rows, row{name, setting, how, unit, len(s), figure(s.at(50)), figure(s.at(95)), figure(s.at(100))})
}

// gate notes how the required gate of that name was kept. One that is not required
// has no limit and never holds.
func (r *report) gate(name string, value float64) {
	b, ok := findBound(name)
	if !ok {
		b.limit = math.NaN()
	}
	r.Gates = append(r.Gates, gate{name, figure(value), figure(b.limit), b.unit, b.holds(value)})
}

// write prints the table and writes the file.
func (r *report) write(w io.Writer, o output) error {
	if err := r.table(w); err != nil || o.JSON == "" {
		return err
	}
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.JSON, append(b, '\n'), 0o644)
}

func (r *report) table(out io.Writer) error {
	fmt.Fprintf(out, "%s · %s · %s · %s\n", r.Bench, r.Profile, r.Machine, r.Commit)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "figure\tsetting\tunit\tn\tp50\tp95\tmax\thow\n")
	for _, x := range r.Rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", x.Name, x.Setting, x.Unit, x.N, x.P50, x.P95, x.Max, x.How)
	}
	if len(r.Gates) > 0 {
		fmt.Fprintf(w, "\ngate\tvalue\tlimit\tunit\n")
	}
	for _, g := range r.Gates {
		verdict, sign := "missed", "≤"
		if g.OK {
			verdict = "holds"
		}
		if b, ok := findBound(g.Name); ok && b.least {
			sign = "≥"
		}
		fmt.Fprintf(w, "%s\t%s\t%s %s\t%s\t%s\n", g.Name, g.Value, sign, g.Limit, g.Unit, verdict)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// String has three digits that count.
func (f figure) String() string {
	switch v := math.Abs(float64(f)); {
	case v >= 100:
		return fmt.Sprintf("%.0f", float64(f))
	case v >= 10:
		return fmt.Sprintf("%.1f", float64(f))
	}
	return fmt.Sprintf("%.2f", float64(f))
}

// commit is what was built, as far as the build knows.
func commit() string {
	revision, dirty := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value[:min(12, len(s.Value))]
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = "+"
			}
		}
	}
	return revision + dirty
}

func machine() string {
	m := fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return m // no Linux
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if name, value, _ := strings.Cut(s.Text(), ":"); strings.TrimSpace(name) == "model name" {
			return m + ", " + strings.TrimSpace(value)
		}
	}
	return m
}

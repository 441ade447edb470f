package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
)

// bound is a gate that a bench must report and keep.
type bound struct {
	bench, name string
	least       bool // the value may not be below; else not above
	limit       float64
	unit        string
}

func (b bound) holds(value float64) bool {
	if b.least {
		return value >= b.limit
	}
	return value <= b.limit
}

// networks is what each bench is judged on.
var networks = map[string]profile{"cold": shaped, "sustained": shaped, "cpu": unshaped, "trouble": shaped, "fake": shaped}

// required is every gate there is. Limits of time and rate are for profile bench.
var required = []bound{
	{bench: "cold", name: "cold_2x4_first_byte_p50", limit: 58, unit: "ms"}, // RTT + 16 KiB / rate + 5 ms
	{bench: "cold", name: "cold_2x4_first_byte_p95", limit: 75, unit: "ms"},
	{bench: "cold", name: "cold_2x4_first_64k_p50", limit: 65, unit: "ms"},
	{bench: "cold", name: "cold_2x4_whole_p50", limit: wholeLimit(8), unit: "ms"},
	{bench: "cold", name: "cold_2x2_whole_p50", limit: wholeLimit(4), unit: "ms"},
	{bench: "cold", name: "cold_2x1_whole_p50", limit: wholeLimit(2), unit: "ms"},
	{bench: "cold", name: "cold_2x4_idle_first_byte_p50", limit: 2.2 * ms(benchRTT), unit: "ms"},
	{bench: "cold", name: "cold_4x1_first_byte_p50", limit: 90, unit: "ms"},
	{bench: "sustained", name: "sustained_2x4", least: true, limit: 95, unit: "% of rate"},
	{bench: "sustained", name: "sustained_4x1", least: true, limit: 19, unit: "MB/s"},
	{bench: "cpu", name: "cpu_of_stock", limit: 0.70, unit: "of stock"},
	{bench: "cpu", name: "cpu_allocated", limit: 2.1, unit: "B/B"},
	{bench: "cpu", name: "cpu_fake", limit: 3, unit: "CPU-s/GB"},
	{bench: "trouble", name: "trouble_wrong_bytes", limit: 0, unit: "B"},
	{bench: "trouble", name: "trouble_longest_gap", limit: 300, unit: "ms"},
	{bench: "trouble", name: "trouble_stream", least: true, limit: 25, unit: "s"},
	{bench: "fake", name: "fake_timing_warm", limit: 10, unit: "ms off"},
	{bench: "fake", name: "fake_timing_warm_p95", limit: 10, unit: "ms off"},
	{bench: "fake", name: "fake_timing_idle", limit: 10, unit: "ms off"},
	{bench: "fake", name: "fake_timing_idle_p95", limit: 10, unit: "ms off"},
}

// findBound is the required gate of that name.
func findBound(name string) (bound, bool) {
	for _, b := range required {
		if b.name == name {
			return b, true
		}
	}
	return bound{}, false
}

type gatesCommand struct {
	Files []string `arg:"" help:"What --json wrote." type:"path"`
}

// Run says which gates are not kept: missed, not measured, or not told the truth
// about.
func (c *gatesCommand) Run(p *program) error {
	wrong := judge(c.Files)
	if len(wrong) > 0 {
		return &fault{1, "tpbench: not all gates hold:\n  " + strings.Join(wrong, "\n  ")}
	}
	fmt.Fprintf(p.stdout, "all %d gates hold\n", len(required))
	return nil
}

// judge lists what is wrong with the files of one run, all of one commit; all
// required gates are somewhere in them.
func judge(files []string) (wrong []string) {
	seen := map[string]string{}
	commit, first := "", ""
	for _, file := range files {
		r, err := readGates(file)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		if network, ok := networks[r.Bench]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s: %q is no bench", file, r.Bench))
		} else if r.Profile != network.title() {
			wrong = append(wrong, fmt.Sprintf("%s: was measured on %q, which is not %q", file, r.Profile, network.title()))
		}
		if first == "" {
			commit, first = r.Commit, file
		} else if r.Commit != commit {
			wrong = append(wrong, fmt.Sprintf("%s: is of commit %s, but %s of %s", file, r.Commit, first, commit))
		}
		for _, g := range r.Gates {
			if g.Name == nil {
				wrong = append(wrong, fmt.Sprintf("%s: a gate without a name", file))
				continue
			}
			name := *g.Name
			if at, ok := seen[name]; ok {
				wrong = append(wrong, fmt.Sprintf("%s: %s is in %s too", file, name, at))
			}
			seen[name] = file
			if why := g.wrong(r.Bench); why != "" {
				wrong = append(wrong, fmt.Sprintf("%s: %s %s", file, name, why))
			}
		}
	}
	for _, b := range required {
		if _, ok := seen[b.name]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s was not measured: tpbench %s has to, as strictly as by default", b.name, b.bench))
		}
	}
	return wrong
}

// written is a gate as it stands in a file: nil is what is not there, or null.
type written struct {
	Name  *string  `json:"name"`
	Value *float64 `json:"value"`
	Limit *float64 `json:"limit"`
	Unit  *string  `json:"unit"`
	OK    *bool    `json:"ok"`
}

type writtenReport struct {
	Bench   string            `json:"bench"`
	Commit  string            `json:"commit"`
	Machine string            `json:"machine"`
	Profile string            `json:"profile"`
	Rows    []json.RawMessage `json:"rows"`
	Gates   []written         `json:"gates"`
}

func readGates(file string) (*writtenReport, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r writtenReport
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one report", file)
	}
	return &r, nil
}

// wrong says why a gate of a bench does not count; "" = it holds.
func (g written) wrong(bench string) string {
	b, ok := findBound(*g.Name)
	switch {
	case !ok:
		return "is no gate"
	case b.bench != bench:
		return fmt.Sprintf("is not a gate of %q", bench)
	case g.Value == nil || math.IsNaN(*g.Value):
		return "has no value"
	case g.Limit == nil || *g.Limit != b.limit:
		return fmt.Sprintf("has another limit than %v", b.limit)
	case g.Unit == nil || *g.Unit != b.unit:
		return fmt.Sprintf("has another unit than %s", b.unit)
	case g.OK == nil || *g.OK != b.holds(*g.Value):
		return fmt.Sprintf("says the opposite of its value %v at limit %v", *g.Value, *g.Limit)
	case !*g.OK:
		return fmt.Sprintf("is missed: %v %s, limit %v", figure(*g.Value), b.unit, figure(*g.Limit))
	}
	return ""
}

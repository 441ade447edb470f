package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kept is the reports of a run in which each gate just holds, by bench.
func kept() map[string]*report {
	all := map[string]*report{}
	for _, b := range required {
		if all[b.bench] == nil {
			all[b.bench] = newReport(b.bench, networks[b.bench].title())
			all[b.bench].Commit = "c0ffee"
		}
		all[b.bench].gate(b.name, b.limit)
	}
	return all
}

// files writes reports; each is changed as text by edit first.
func files(t *testing.T, all map[string]*report, edit func(bench, text string) string) (list []string) {
	t.Helper()
	dir := t.TempDir()
	for bench, r := range all {
		file := filepath.Join(dir, bench+".json")
		if err := r.write(new(bytes.Buffer), output{JSON: file}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		if edit != nil {
			text = edit(bench, text)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list = append(list, file)
	}
	return list
}

// swapped changes one text of one bench's file: of cpu's if it has that, else of trouble's.
func swapped(bench, text, old, new string) string {
	if bench != "cpu" && bench != "trouble" {
		return text
	}
	return strings.Replace(text, `"`+old+`"`, `"`+new+`"`, 1)
}

func TestGatesHold(t *testing.T) {
	status, stdout, stderr := runHere(t, append([]string{"gates"}, files(t, kept(), nil)...)...)
	if want := fmt.Sprintf("all %d gates hold\n", len(required)); status != 0 || stdout != want || stderr != "" {
		t.Errorf("status %d, %q %q", status, stdout, stderr)
	}
}

func TestGatesDoNotHold(t *testing.T) {
	const gap = "trouble_longest_gap"
	// edit changes one field of one gate of one file.
	edit := func(old, new string) func(bench, text string) string {
		return func(bench, text string) string {
			if bench != "trouble" {
				return text
			}
			head, tail, _ := strings.Cut(text, gap)
			if n := strings.Count(tail[:strings.Index(tail, "}")], old); n != 1 {
				t.Fatalf("%q stands there %d times", old, n)
			}
			return head + gap + strings.Replace(tail, old, new, 1)
		}
	}
	for name, x := range map[string]struct {
		edit func(bench, text string) string
		says string
	}{
		"missed": {edit(`"value": 300`, `"value": 300.5`), "says the opposite of its value 300.5 at limit 300"},
		"missed and honest": {func(b, s string) string {
			return edit(`"ok": true`, `"ok": false`)(b, edit(`"value": 300`, `"value": 301`)(b, s))
		}, "is missed: 301 ms, limit 300"},
		"denied":                {edit(`"ok": true`, `"ok": false`), "says the opposite"},
		"no verdict":            {edit(`"ok": true`, `"ok": null`), "says the opposite"},
		"no number":             {edit(`"value": 300`, `"value": null`), "has no value"},
		"not JSON's number":     {edit(`"value": 300`, `"value": NaN`), "invalid character 'N'"},
		"a text":                {edit(`"value": 300`, `"value": "300"`), "cannot unmarshal string"},
		"value left out":        {edit("\"value\": 300,", ""), "has no value"},
		"limit raised":          {edit(`"limit": 300`, `"limit": 3000`), "has another limit than 300"},
		"limit left out":        {edit("\"limit\": 300,", ""), "has another limit than 300"},
		"other unit":            {edit(`"unit": "ms"`, `"unit": "s"`), "has another unit than ms"},
		"further field":         {edit(`"ok": true`, `"ok": true, "waived": true`), `unknown field "waived"`},
		"renamed":               {func(_, s string) string { return strings.Replace(s, gap, "trouble_gap", 1) }, "trouble_gap is no gate"},
		"renamed, so absent":    {func(_, s string) string { return strings.Replace(s, gap, "trouble_gap", 1) }, gap + " was not measured: tpbench trouble has to"},
		"twice":                 {func(_, s string) string { return strings.Replace(s, `"trouble_stream"`, `"`+gap+`"`, 1) }, gap + " is in "},
		"nameless":              {func(_, s string) string { return strings.Replace(s, `"name": "`+gap+`",`, "", 1) }, "a gate without a name"},
		"of another bench":      {func(_, s string) string { return strings.Replace(s, `"bench": "trouble"`, `"bench": "cold"`, 1) }, `is not a gate of "cold"`},
		"of no bench":           {func(_, s string) string { return strings.Replace(s, `"bench": "trouble"`, `"bench": "noise"`, 1) }, `"noise" is no bench`},
		"other network":         {func(b, s string) string { return swapped(b, s, shaped.title(), unshaped.title()) }, `was measured on "none: no limit of rate, no RTT", which is not "bench: `},
		"limits of rate":        {func(b, s string) string { return swapped(b, s, unshaped.title(), shaped.title()) }, `which is not "none: `},
		"other commit":          {func(b, s string) string { return swapped(b, s, "c0ffee", "decade") }, " is of commit "},
		"changed since":         {func(b, s string) string { return swapped(b, s, "c0ffee", "c0ffee+") }, " is of commit "},
		"cut":                   {func(b, s string) string { return s[:len(s)-len(b)] }, "unexpected EOF"},
		"two reports":           {func(_, s string) string { return s + "{}" }, "more than one report"},
		"empty":                 {func(_, s string) string { return "" }, "EOF"},
		"an object and no more": {func(_, s string) string { return "{}" }, gap + " was not measured"},
	} {
		t.Run(name, func(t *testing.T) {
			status, stdout, stderr := runHere(t, append([]string{"gates"}, files(t, kept(), x.edit)...)...)
			if status != 1 || stdout != "" || !strings.Contains(stderr, x.says) {
				t.Errorf("status %d, %q\n%s", status, stdout, stderr)
			}
		})
	}
}

// TestGatesNeedEachFile: a bench that wrote nothing holds no gate.
func TestGatesNeedEachFile(t *testing.T) {
	all := files(t, kept(), nil)
	for i, gone := range all {
		bench := strings.TrimSuffix(filepath.Base(gone), ".json")
		n := 0
		for _, b := range required {
			if b.bench == bench {
				n++
			}
		}
		rest := slices.Concat(all[:i], all[i+1:])
		if wrong := judge(rest); len(wrong) != n {
			t.Errorf("without %s: %v, want %d", bench, wrong, n)
		}
		missing := filepath.Join(t.TempDir(), "none.json")
		if wrong := judge(append(rest, missing)); len(wrong) != n+1 || !strings.Contains(wrong[0], "no such file") {
			t.Errorf("with a file that is not there: %v, want %d", wrong, n+1)
		}
	}
}

func TestRequired(t *testing.T) {
	names := map[string]bool{}
	for _, b := range required {
		if names[b.name] || !strings.HasPrefix(b.name, b.bench+"_") || b.unit == "" || math.IsNaN(b.limit) {
			t.Errorf("%+v", b)
		}
		names[b.name] = true
		worse := math.Nextafter(b.limit, math.Inf(1))
		if b.least {
			worse = math.Nextafter(b.limit, math.Inf(-1))
		}
		if !b.holds(b.limit) || b.holds(worse) || b.holds(math.NaN()) {
			t.Errorf("%s does not hold at its limit alone", b.name)
		}
	}
}

// TestReportShape: the file has these fields and no others.
func TestReportShape(t *testing.T) {
	r := newReport("cold", shaped.title())
	r.Commit, r.Machine = "c0ffee", "a machine"
	r.row("first byte", "2x4 warm", "so", "ms", sample{1, 2})
	r.row("nothing", "", "", "ms", nil)
	r.gate("cold_2x4_first_byte_p50", 57.5)
	r.gate("cold_2x4_whole_p50", math.NaN())
	r.gate("unheard_of", 1)
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"bench":"cold","commit":"c0ffee","machine":"a machine","profile":"bench: RTT 50ms, 5 MB/s per connection, slow start",` +
		`"rows":[{"name":"first byte","setting":"2x4 warm","how":"so","unit":"ms","n":2,"p50":1,"p95":2,"max":2},` +
		`{"name":"nothing","setting":"","how":"","unit":"ms","n":0,"p50":null,"p95":null,"max":null}],` +
		`"gates":[{"name":"cold_2x4_first_byte_p50","value":57.5,"limit":58,"unit":"ms","ok":true},` +
		`{"name":"cold_2x4_whole_p50","value":null,"limit":87.64656,"unit":"ms","ok":false},` +
		`{"name":"unheard_of","value":1,"limit":null,"unit":"","ok":false}]}`
	if string(got) != want {
		t.Errorf("%s", got)
	}
	empty, err := json.Marshal(newReport("cpu", ""))
	if err != nil || !bytes.Contains(empty, []byte(`"rows":[],"gates":[]`)) {
		t.Errorf("%s %v", empty, err)
	}
}

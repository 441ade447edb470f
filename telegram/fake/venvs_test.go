package fake_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// standInPython is a python3 of the test: it makes environments of itself, where pip
// notes what it was called for, and clients are there when pip was.
const standInPython = `#!/bin/bash
at=$(dirname "$0")
case "$*" in
  --version) echo "Python $STAND_IN_VERSION" ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip install "*) basename "${@: -1}" >>"$STAND_IN_LOG"; [ -n "$STAND_IN_BROKEN" ] || touch "$at/clients" ;;
  "-c import "*) [ -e "$at/clients" ] && echo "$2" >>"$STAND_IN_IMPORTS" ;;
  "-c "*) exit 0 ;;
  *) exit 9 ;;
esac
`

// TestVenvsAreWhole: an environment that lacks its client, or was made of another
// list or by another Python, is made again; one that is whole is not.
func TestVenvsAreWhole(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path(name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	script, err := os.ReadFile("../../.ci/venvs.sh")
	if err != nil {
		t.Fatal(err)
	}
	write(".ci/venvs.sh", string(script))
	write("bin/python3", standInPython)
	lists, err := filepath.Glob("honesty/venvs/*.txt")
	if err != nil || len(lists) == 0 {
		t.Fatalf("%d lists, %v", len(lists), err)
	}
	var all []string
	for _, list := range lists {
		write("telegram/fake/"+list, "client==1\n")
		all = append(all, filepath.Base(list))
	}
	version, broken := "3.11.2", ""
	run := func() (installed string, ok bool) {
		t.Helper()
		write("log", "")
		c := exec.Command("bash", path(".ci/venvs.sh"))
		c.Env = append(os.Environ(), "PATH="+path("bin")+":"+os.Getenv("PATH"), "STAND_IN_LOG="+path("log"),
			"STAND_IN_IMPORTS="+path("imports"), "STAND_IN_VERSION="+version, "STAND_IN_BROKEN="+broken)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Logf("%v: %s", err, out)
		}
		b, e := os.ReadFile(path("log"))
		if e != nil {
			t.Fatal(e)
		}
		return strings.Join(strings.Fields(string(b)), " "), err == nil
	}
	for _, x := range []struct {
		what string
		do   func()
		want string
		ok   bool
	}{
		{"nothing is there", func() {}, strings.Join(all, " "), true},
		{"all is there", func() {}, "", true},
		{"a client is gone", func() { os.Remove(path(".venv/telethon/bin/clients")) }, "telethon.txt", true},
		{"Python is gone", func() { os.Remove(path(".venv/tdlib/bin/python")) }, "tdlib.txt", true},
		{"a list has changed", func() { write("telegram/fake/honesty/venvs/kurigram.txt", "client==2\n") }, "kurigram.txt", true},
		{"another Python", func() { version = "3.13.5" }, strings.Join(all, " "), true},
		{"pip brings nothing", func() { broken = "so"; os.Remove(path(".venv/telethon/made-of.txt")) }, "telethon.txt", false},
		{"and again", func() { broken = "" }, "telethon.txt", true},
		{"all is there again", func() {}, "", true},
		{"an unknown list", func() { write("telegram/fake/honesty/venvs/another.txt", "client==1\n") }, "", false},
	} {
		x.do()
		if installed, ok := run(); installed != x.want || ok != x.ok {
			t.Errorf("%s: installed %q, well %v; want %q, %v", x.what, installed, ok, x.want, x.ok)
		}
	}
	b, err := os.ReadFile(path("imports"))
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"telethon", "tdjson", "pyrogram"} {
		if !strings.Contains(string(b), "import "+module+"\n") {
			t.Errorf("%s was never imported", module)
		}
	}
}

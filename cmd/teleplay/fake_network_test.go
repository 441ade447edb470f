package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/alecthomas/kong"
)

func TestFakeTelegramNetwork(t *testing.T) {
	f := startTelegram(t, "--profile=bench", "--rtt=80ms", "--account-rate=9000000", "--no-slow-start")
	var got struct{ Default map[string]any }
	f.get(t, "/network", &got)
	want := map[string]any{"rtt": "80ms", "jitter": "0s", "rate": 5e6, "account_rate": 9e6, "slow_start": false, "think": "0s"}
	if !maps.Equal(got.Default, want) {
		t.Errorf("got %v, want %v", got.Default, want)
	}
}

// TestNetworkFlagsAgain: what the demo gives its Telegram says the same.
func TestNetworkFlagsAgain(t *testing.T) {
	for _, args := range [][]string{
		{"--profile=none"},
		{"--profile=bench", "--rtt=80ms", "--jitter=1ms", "--rate=0", "--account-rate=9000000", "--slow-start=false"},
	} {
		var f networkFlags
		parser, err := kong.New(&f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(args); err != nil {
			t.Fatal(err)
		}
		if got := f.args(); !slices.Equal(got, args) {
			t.Errorf("got %q, want %q", got, args)
		}
	}
}

package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type demoCommand struct {
	Listen   string `default:"127.0.0.1:8000" help:"Address of the node."`
	Control  string `default:"127.0.0.1:24429" help:"Address of the chat page and the control API; loopback only."`
	Library  string `help:"Send the media files of this directory to the bot instead of the built-in clips; its folders become folders." placeholder:"DIR"`
	Data     string `help:"Keep everything here over a restart; default: a temporary directory, removed at the end." placeholder:"DIR"`
	Bots     int    `default:"4" help:"How many bots the fake Telegram has; the first is the main one."`
	NoLimits bool   `name:"no-limits" help:"Lift the API's rate limits, for benches."`
	JSON     bool   `name:"json" help:"Print one line of JSON when ready, and nothing else."`

	networkFlags `embed:"" group:"Network to Telegram:"`
}

// demoReady is the line that --json prints.
type demoReady struct {
	URL        string       `json:"url"`
	LoginURL   string       `json:"login_url"`
	ControlURL string       `json:"control_url"`
	Nodes      []demoNode   `json:"nodes"`
	Telegram   demoTelegram `json:"telegram"`
	User       int64        `json:"user"`
	Bot        int64        `json:"bot"`
	ChannelID  int64        `json:"channel_id"`
	Data       string       `json:"data"`
	PID        int          `json:"pid"`
}

type demoNode struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	PID  int    `json:"pid"`
}

type demoTelegram struct {
	PID           int      `json:"pid"`
	DCAddrs       []string `json:"dc_addrs"`
	PublicKeyFile string   `json:"public_key_file"`
}

const (
	// readyWait bounds the start of each child.
	readyWait = 30 * time.Second
	// stopWait is how long a child may take to end before it is killed.
	stopWait = 8 * time.Second
)

func (c *demoCommand) Run(ctx context.Context, p *program) (err error) {
	if c.Bots < 1 {
		return &fault{2, "teleplay: --bots takes 1 or more."}
	}
	if _, err := c.shape(); err != nil {
		return err
	}
	env, dropped := withoutTelegram(p.env)
	if !loopback(c.Listen) && dropped {
		return &fault{2, "teleplay: a demo that others can reach does not start where real tokens are set. Unset TELEGRAM_*, or listen on a loopback address."}
	}
	if dropped {
		fmt.Fprintln(p.stderr, "teleplay: the demo ignores the TELEGRAM_* settings of the environment")
	}
	data, done, err := c.directory()
	if err != nil {
		return err
	}
	defer done()
	unlock, err := lockDir(data)
	if err != nil {
		return err
	}
	defer unlock()
	if err := free(c.Listen, c.Control); err != nil {
		return err
	}

	d := &demo{c: c, p: p, env: env, data: data}
	defer func() { d.stop() }()
	r, err := d.start(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	if c.JSON {
		err = json.NewEncoder(p.stdout).Encode(r)
	} else {
		_, err = fmt.Fprintf(p.stdout, "library    %s  (opens \"Log in as …\": one click)\nchat page  %s/  (send a file to the bot here)\ndata       %s\n", r.LoginURL, r.controlBase(), r.Data)
	}
	if err != nil {
		return err
	}
	return d.watch(ctx)
}

func (r demoReady) controlBase() string { return strings.TrimSuffix(r.ControlURL, "/v1") }

// directory is where the demo keeps everything, and what to do with it at the end.
func (c *demoCommand) directory() (dir string, done func(), err error) {
	if c.Data != "" {
		dir, err := filepath.Abs(c.Data)
		return dir, func() {}, err
	}
	dir, err = os.MkdirTemp("", "teleplay-demo-")
	return dir, func() { os.RemoveAll(dir) }, err
}

// free says in one line when a port is taken, before any child starts.
func free(addrs ...string) error {
	for _, a := range addrs {
		ln, err := listen(a)
		if err != nil {
			return err
		}
		ln.Close()
	}
	return nil
}

// withoutTelegram drops what would lead the demo to the real Telegram.
func withoutTelegram(environ []string) (kept []string, dropped bool) {
	kept = slices.DeleteFunc(slices.Clone(environ), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		for _, prefix := range []string{"TELEGRAM_", "JWT_", "DATABASE_URL", "DATA_DIR", "AUTH_USERS", "ADMIN_USERS", "SERVER_", "PORT", "WEB_BASE_URL", "CORS_ORIGINS", "TRUSTED_PROXIES", "LEGACY_APPS"} {
			if strings.HasPrefix(name, prefix) {
				dropped = dropped || strings.HasPrefix(name, "TELEGRAM_")
				return true
			}
		}
		return false
	})
	return kept, dropped
}

// demo is a running demo: its children and where they can be reached.
type demo struct {
	c    *demoCommand
	p    *program
	env  []string
	data string

	telegram, node *child
}

// start brings up Telegram, then the node with keys that are logged in already,
// then the library.
func (d *demo) start(ctx context.Context) (demoReady, error) {
	tg, err := d.startTelegram(ctx)
	if err != nil {
		return demoReady{}, err
	}
	secret, err := d.secret()
	if err != nil {
		return demoReady{}, err
	}
	control := controlAPI{tg.ControlURL}
	nodeDir := filepath.Join(d.data, "node-1")
	if err := fillKeys(ctx, control, tg, nodeDir, secret); err != nil {
		return demoReady{}, err
	}
	url, err := d.startNode(ctx, tg, nodeDir, secret)
	if err != nil {
		return demoReady{}, err
	}
	if err := d.fillLibrary(ctx, control, tg, url); err != nil {
		return demoReady{}, err
	}
	return demoReady{
		URL: url, LoginURL: strings.TrimSuffix(tg.ControlURL, "/v1") + "/login", ControlURL: tg.ControlURL,
		Nodes:    []demoNode{{"node-1", url, d.node.pid()}},
		Telegram: demoTelegram{tg.PID, tg.DCAddrs, tg.PublicKeyFile},
		User:     tg.Users[0].ID, Bot: tg.Bots[0].ID, ChannelID: tg.ChannelID,
		Data: d.data, PID: os.Getpid(),
	}, nil
}

func (d *demo) startTelegram(ctx context.Context) (fakeReady, error) {
	var r fakeReady
	ready := make(chan []byte, 1)
	c, err := startChild("fake Telegram", d.p.stderr, d.env, "", func(line []byte) {
		select {
		case ready <- line:
		default:
		}
	}, append([]string{"fake-telegram", "--json", "--until-eof", "--listen=127.0.0.1:0", "--control=" + d.c.Control,
		"--data=" + filepath.Join(d.data, "telegram"), fmt.Sprintf("--bots=%d", d.c.Bots),
		"--public-key-out=" + filepath.Join(d.data, "telegram.pem")}, d.c.networkFlags.args()...)...)
	if err != nil {
		return r, err
	}
	d.telegram = c
	select {
	case line := <-ready:
		err := json.Unmarshal(line, &r)
		return r, err
	case <-c.ended:
		return r, c.why()
	case <-ctx.Done():
		return r, ctx.Err()
	case <-time.After(readyWait):
		return r, &fault{1, "teleplay: the fake Telegram was not ready in time"}
	}
}

func (d *demo) startNode(ctx context.Context, tg fakeReady, dir, secret string) (url string, err error) {
	host, port, err := net.SplitHostPort(d.c.Listen)
	if err != nil {
		return "", &fault{2, "teleplay: --listen takes HOST:PORT"}
	}
	if port == "0" {
		return "", &fault{2, "teleplay: --listen of the demo needs a port, as links point to it"}
	}
	// Telegram takes no button that leads to a host without a dot.
	shown := host
	if ip := net.ParseIP(host); host == "" || host == "localhost" || ip != nil && ip.IsUnspecified() {
		shown = "127.0.0.1"
	}
	url = "http://" + net.JoinHostPort(shown, port)
	helpers := make([]string, 0, len(tg.Bots))
	for _, b := range tg.Bots[1:] {
		helpers = append(helpers, b.Token)
	}
	env := append(slices.Clone(d.env),
		fmt.Sprintf("TELEGRAM_API_ID=%d", tg.APIID), "TELEGRAM_API_HASH="+tg.APIHash,
		fmt.Sprintf("TELEGRAM_STORAGE_CHANNEL_ID=%d", tg.ChannelID),
		"TELEGRAM_BOT_TOKEN="+tg.Bots[0].Token, "TELEGRAM_HELPER_BOT_TOKENS="+strings.Join(helpers, ","),
		"TELEGRAM_DC_ADDR="+tg.DCAddrs[0], "TELEGRAM_PUBLIC_KEY_FILE="+tg.PublicKeyFile,
		"JWT_SECRET="+secret, "DATA_DIR="+dir, "SERVER_HOST="+host, "SERVER_PORT="+port, "WEB_BASE_URL="+url)
	if !slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, "LOG_LEVEL=") }) {
		env = append(env, "LOG_LEVEL=error") // what a demo is warned of is how it is meant to be
	}
	args := []string{"serve", "--until-eof"}
	if d.c.NoLimits {
		args = append(args, "--no-limits")
	}
	d.node, err = startChild("node-1", d.p.stderr, env, dir, nil, args...) // in its own directory, where no .env lies
	if err != nil {
		return "", err
	}
	return url, d.awaitReady(ctx, url)
}

// watch waits for the end: ctx's, or that of a child, which is a failure.
func (d *demo) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-d.telegram.ended:
		return d.telegram.why()
	case <-d.node.ended:
		return d.node.why()
	}
}

// stop ends the children, the node first so that it can say goodbye.
func (d *demo) stop() {
	for _, c := range []*child{d.node, d.telegram} {
		if c != nil {
			c.stop(stopWait / 2)
		}
	}
}

// secret is the demo's JWT_SECRET, kept with its data.
func (d *demo) secret() (string, error) {
	file := filepath.Join(d.data, "jwt.secret")
	if b, err := os.ReadFile(file); err == nil {
		return string(b), nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	raw := make([]byte, 32)
	rand.Read(raw)
	s := hex.EncodeToString(raw)
	if err := os.WriteFile(file+".new", []byte(s), 0o600); err != nil {
		return "", err
	}
	return s, os.Rename(file+".new", file)
}

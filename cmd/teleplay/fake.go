package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/teleplay/teleplay/telegram/fake"
	"golang.org/x/sync/errgroup"
)

type fakeCommand struct {
	Listen       string        `default:"127.0.0.1:24430" help:"Address of the first DC; the n-th listens on port + n - 1, the media-only one after the last. Port 0 takes free ports."`
	AllowPublic  bool          `help:"Allow --listen on an address that others can reach."`
	Advertise    string        `help:"Host name that clients are told." placeholder:"HOST"`
	Control      string        `default:"127.0.0.1:24429" help:"Address of the control API and the chat page; loopback only."`
	Data         string        `help:"Keep the state here; default: memory." placeholder:"DIR"`
	Seed         uint64        `default:"1" help:"Decides ids, tokens and the RSA key."`
	DCs          string        `name:"dcs" default:"2,4" help:"Ids of the data centres, the home first."`
	Bots         int           `default:"4" help:"How many bots there are; the first is the main one, all are admins of the channel."`
	Users        int           `default:"1" help:"How many people there are."`
	Flood        float64       `placeholder:"PROBABILITY" help:"How probably a getFile call brings a flood of 1 to 3 seconds, like 0.02; default: never."`
	ReferenceTTL time.Duration `name:"reference-ttl" placeholder:"DURATION" help:"Life of a file reference; default: 1h, or what --data has kept."`
	networkFlags `embed:"" group:"Network:"`
	PublicKeyOut string `name:"public-key-out" help:"Write the RSA public key (PEM) here." placeholder:"FILE"`
	JSON         bool   `name:"json" help:"Print one line of JSON when ready."`
	UntilEOF     bool   `name:"until-eof" hidden:"" help:"End when standard input ends."`
}

// fakeReady is the line that --json prints.
type fakeReady struct {
	PID           int        `json:"pid"`
	ControlURL    string     `json:"control_url"`
	DCAddrs       []string   `json:"dc_addrs"`
	PublicKeyFile string     `json:"public_key_file"`
	ChannelID     int64      `json:"channel_id"`
	APIID         int        `json:"api_id"`
	APIHash       string     `json:"api_hash"`
	Bots          []fakeBot  `json:"bots"`
	Users         []fakeUser `json:"users"`
}

type fakeBot struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
	Token    string `json:"token"`
}

type fakeUser struct {
	ID int64 `json:"id"`
}

func (c *fakeCommand) Run(ctx context.Context, p *program) error {
	if c.UntilEOF {
		var stop context.CancelFunc
		ctx, stop = untilEOF(ctx, p.stdin)
		defer stop()
	}
	dcs, err := c.dcs()
	if err != nil {
		return err
	}
	if c.Bots < 1 || c.Users < 1 {
		return &fault{2, "teleplay: --bots and --users take 1 or more."}
	}
	if !c.AllowPublic && !loopback(c.Listen) {
		return &fault{2, "teleplay: --listen is not a loopback address; anybody could use this Telegram. Add --allow-public if you mean it."}
	}
	if !loopback(c.Control) {
		return &fault{2, "teleplay: --control has no login and stays on a loopback address."}
	}
	if c.Flood < 0 || c.Flood > 1 {
		return &fault{2, "teleplay: --flood takes a probability from 0 to 1."}
	}
	if c.ReferenceTTL < 0 {
		return &fault{2, "teleplay: --reference-ttl takes a duration like 90s."}
	}
	network, err := c.shape()
	if err != nil {
		return err
	}
	s, err := fake.New(fake.Options{
		Listen: c.Listen, Advertise: c.Advertise, Control: c.Control, Data: c.Data, Seed: c.Seed,
		DCs: dcs, Bots: c.Bots, Users: c.Users, Network: network,
		Limits: fake.Limits{GetFile: fake.GetFileLimits{Probability: c.Flood}}, ReferenceTTL: c.ReferenceTTL, Log: newLog(p.stderr, 0, "text"),
	})
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.Run(ctx) })
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-s.Ready():
			return c.announce(ctx, p, s)
		}
	})
	return g.Wait()
}

// announce tells what a client needs, as the control API tells it.
func (c *fakeCommand) announce(ctx context.Context, p *program, s *fake.Server) error {
	r := fakeReady{PID: os.Getpid(), ControlURL: "http://" + s.ControlAddr() + "/v1", PublicKeyFile: c.PublicKeyOut, APIID: 1, APIHash: "fake"}
	if c.PublicKeyOut != "" {
		if err := os.WriteFile(c.PublicKeyOut, s.PublicKeyPEM(), 0o644); err != nil {
			return fmt.Errorf("write the public key: %w", err)
		}
	}
	var info struct {
		fakeReady
		HomeDC   int `json:"home_dc"`
		Channels []struct {
			PeerID int64 `json:"peer_id"`
		} `json:"channels"`
	}
	if err := (controlAPI{r.ControlURL}).do(ctx, http.MethodGet, "/info", nil, &info); err != nil {
		return err
	}
	r.DCAddrs = []string{fmt.Sprintf("%d=%s", info.HomeDC, s.Addr(info.HomeDC))}
	r.ChannelID, r.Bots, r.Users = info.Channels[0].PeerID, info.Bots, info.Users
	if c.JSON {
		return json.NewEncoder(p.stdout).Encode(r)
	}
	fmt.Fprintf(p.stdout, "Telegram   %s\nchat page  %s/\n", r.DCAddrs[0], strings.TrimSuffix(r.ControlURL, "/v1"))
	for _, b := range r.Bots {
		fmt.Fprintf(p.stdout, "bot        %s  @%s\n", b.Token, b.Username)
	}
	return nil
}

func (c *fakeCommand) dcs() ([]int, error) {
	var list []int
	for part := range strings.SplitSeq(c.DCs, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > 999 {
			return nil, &fault{2, "teleplay: --dcs takes numbers separated by commas, like 2,4."}
		}
		list = append(list, n)
	}
	return list, nil
}

// loopback says whether an address can be reached from this machine alone.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/bot"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/catalog"
	"github.com/teleplay/teleplay/node"
	api "github.com/teleplay/teleplay/node/api"
	"github.com/teleplay/teleplay/telegram"
	"github.com/teleplay/teleplay/web"
	"golang.org/x/sync/errgroup"
)

// The rooms fit together.
var (
	_ node.Source         = (*telegram.Pool)(nil)
	_ node.Raiser         = (*telegram.Pool)(nil)
	_ bot.Feed            = (*telegram.MainBot)(nil)
	_ bot.Talk            = (*telegram.MainBot)(nil)
	_ bot.Storage         = (*telegram.MainBot)(nil)
	_ bot.Thumbs          = (*telegram.Pool)(nil)
	_ bot.Library         = (*catalog.DB)(nil)
	_ telegram.StateStore = (*catalog.DB)(nil)
)

type serveCommand struct {
	UntilEOF bool `name:"until-eof" hidden:"" help:"End when standard input ends."`
	NoLimits bool `name:"no-limits" hidden:"" help:"Lift the API's rate limits."`
}

func (c *serveCommand) Run(ctx context.Context, p *program) error {
	if c.UntilEOF {
		var stop context.CancelFunc
		ctx, stop = untilEOF(ctx, p.stdin)
		defer stop()
	}
	s, warnings, faults := readSettings(p.env, ".")
	if len(faults) > 0 {
		return &fault{2, "teleplay: the settings are not complete:\n  " + strings.Join(faults, "\n  ")}
	}
	log := newLog(p.stderr, slog.Level(s.LogLevel), string(s.LogFormat))
	for _, w := range warnings {
		log.Warn(w)
	}
	unlock, err := lockDir(s.DataDir)
	if err != nil {
		return err
	}
	defer unlock()
	ln, err := listen(s.address())
	if err != nil {
		return err
	}
	return serve(ctx, s, ln, c.NoLimits, log)
}

// serve runs one node until ctx ends; it owns ln.
func serve(ctx context.Context, s settings, ln net.Listener, noLimits bool, log *slog.Logger) (err error) {
	defer ln.Close()
	db, err := catalog.Open(ctx, catalog.Options{URL: s.database(), Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Bind(ctx, s.BotToken.bot(), int64(s.Channel)); err != nil {
		return err
	}
	host, _ := os.Hostname()
	keys, err := telegram.OpenKeys(filepath.Join(s.DataDir, "telegram.keys"), atRest(string(s.JWTSecret)), nodeName)
	if err != nil {
		return err
	}
	tg := telegram.Options{
		APIID: int(s.APIID), APIHash: string(s.APIHash), Channel: int64(s.Channel),
		DC: string(s.DC), PublicKeys: s.PublicKey, Keys: keys, Log: log,
		Lanes: min(2, int(s.Concurrency)), LanesMost: int(s.Concurrency),
	}
	mainBot := telegram.NewMainBot(tg, string(s.BotToken), db)
	var helpers []string
	for _, t := range s.HelperTokens {
		helpers = append(helpers, string(t))
	}
	pool := telegram.NewPool(tg, string(s.BotToken), helpers)
	chunks := cache.Open(cache.Options{Memory: s.memory(), Log: log})
	defer chunks.Close()
	engine := node.New(node.Options{
		Source: pool, Cache: chunks, Window: s.memory(),
		ReadAhead: node.DefaultReadAhead * max(1, len(helpers)), Log: log,
	})
	defer engine.Close()
	edge := api.New(api.Options{
		Library:   db,
		Open:      func(f teleplay.File, r teleplay.Range) api.Stream { return engine.Open(f, r) },
		Foresee:   pool.Foresee,
		Bot:       mainBot.Known,
		JWTSecret: []byte(s.JWTSecret), JWTSecretPrevious: []byte(s.JWTPrevious), AccessLife: s.accessLife(),
		NoBareCodes: !bool(s.LegacyApps), WebBase: string(s.WebBase), CORSOrigins: s.Origins, TrustedProxies: s.Proxies,
		AuthUsers: s.AuthUsers, AdminUsers: s.AdminUsers, Channel: int64(s.Channel),
		Web: web.Files(), Version: version(), Limits: api.Limits{Off: noLimits}, Log: log,
		Checks: map[string]func(context.Context) error{
			"catalog":  func(ctx context.Context) error { _, _, err := db.Mark(ctx); return err },
			"telegram": func(context.Context) error { return when(pool.Ready(), "No bot is logged in at Telegram yet.") },
			"bot":      func(context.Context) error { return when(mainBot.Ready(), "The bot is not connected to Telegram.") },
		},
	})
	chat := bot.New(bot.Options{
		Feed: mainBot, Talk: mainBot, Storage: mainBot, Thumbs: pool, Library: db,
		WebBase: string(s.WebBase), Allowed: s.AuthUsers, Log: log,
	})
	log.Info("serving", "address", ln.Addr().String(), "node", host, "version", version())
	if s.DC != "" {
		log.Warn("this node does not talk to Telegram but to another MTProto server", "dc", string(s.DC))
	}

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return named("api", edge.Run(ctx, ln)) })
	g.Go(func() error { return named("catalog", db.Run(ctx)) })
	g.Go(func() error { return named("telegram pool", pool.Run(ctx)) })
	g.Go(func() error { return named("main bot", mainBot.Run(ctx)) })
	g.Go(func() error { return named("bot", chat.Run(ctx)) })
	err = g.Wait()
	log.Info("stopped")
	return err
}

func named(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// when is nil if ok, else an error that says why not.
func when(ok bool, why string) error {
	if ok {
		return nil
	}
	return teleplay.Fail(teleplay.ErrUnavailable, "upstream_busy", why)
}

// memory is CACHE_MEMORY, for cached chunks, and again for what is under way.
func (s *settings) memory() int64 {
	if s.CacheMemory > 0 {
		return int64(s.CacheMemory)
	}
	return defaultMemory()
}

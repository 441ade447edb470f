package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/cache"
	"github.com/teleplay/teleplay/node"
)

// troubleCommand reads one film through the engine and a socket, as fast as it
// comes, while file references live shortly and the busiest bot is told to wait.
type troubleCommand struct {
	output
	Setting    setting       `default:"4x2" help:"Helpers and lanes of each."`
	For        time.Duration `default:"28s" help:"How long the stream lasts."`
	References time.Duration `default:"20s" help:"How long a file reference lives."`
	FloodAt    time.Duration `default:"8s" help:"When the busiest bot is told to wait."`
	Flood      int           `default:"5" help:"How long it has to wait, in seconds; 0: no flood."`
	Seed       uint32        `default:"1" help:"Decides the film's bytes."`
	Quick      bool          `hidden:"" help:"Without a network's limits, and without gates."`
}

// gated says whether the trouble is as bad and the stream as long as the gates ask.
func (c *troubleCommand) gated() bool {
	return !c.Quick && c.Setting == setting{4, 2} && c.For >= 28*time.Second &&
		c.References <= 20*time.Second && c.Flood >= 5 && c.FloodAt <= 8*time.Second
}

// met says whether the stream met the trouble that it is about.
func (c *troubleCommand) met(floods, dead int) error {
	switch {
	case c.Flood > 0 && floods == 0:
		return errors.New("no bot was told to wait: the stream had no trouble")
	case c.gated() && dead == 0:
		return errors.New("no reference died: the stream had no trouble")
	}
	return nil
}

func (c *troubleCommand) Run(ctx context.Context, p *program) error {
	return c.bench(ctx, p, func(ctx context.Context) (*report, error) { return c.measure(ctx, p) })
}

func (c *troubleCommand) measure(ctx context.Context, p *program) (_ *report, err error) {
	network := shaped
	if c.Quick {
		network = unshaped
	}
	w, err := openWorld(ctx, p.stderr, network, c.Setting.helpers)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.control(ctx, http.MethodPatch, "/settings", object{"reference_ttl": c.References.String()}, nil); err != nil {
		return nil, err
	}
	cl, err := w.client(ctx, c.Setting, c.Seed)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, cl.close()) }()
	if _, err := cl.warm(ctx); err != nil {
		return nil, err
	}
	before, err := w.stats(ctx)
	if err != nil {
		return nil, err
	}
	url, end, err := serveFilm(cl)
	if err != nil {
		return nil, err
	}
	defer end()
	var s stream
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if c.Flood == 0 {
			return nil
		}
		return c.flood(gctx, cl, before)
	})
	g.Go(func() (err error) {
		s, err = readFilm(gctx, url, cl.film.bytes, c.For)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	after, err := w.stats(ctx)
	if err != nil {
		return nil, err
	}
	floods := after.Totals.Floods - before.Totals.Floods
	dead := after.Totals.ReferenceErrors - before.Totals.ReferenceErrors
	if err := c.met(floods, dead); err != nil {
		return nil, err
	}
	r := newReport("trouble", network.title())
	how := fmt.Sprintf("references live %v; FLOOD_WAIT_%d on the busiest bot after %v", c.References, c.Flood, c.FloodAt)
	r.row("first byte", c.Setting.String(), how, "ms", sample{ms(s.first)})
	r.row("gap between two reads", c.Setting.String(), how, "ms", s.gaps)
	r.row("rate", c.Setting.String(), how, "MB/s", sample{megabytes(s.bytes, s.took)})
	r.row("wrong bytes", c.Setting.String(), how, "B", sample{float64(s.wrong)})
	r.row("floods", c.Setting.String(), "that the fake answered", "calls", sample{float64(floods)})
	r.row("dead references", c.Setting.String(), "that the fake was asked with", "calls", sample{float64(dead)})
	if c.gated() {
		r.gate("trouble_wrong_bytes", float64(s.wrong))
		r.gate("trouble_longest_gap", s.gaps.at(100))
		r.gate("trouble_stream", s.took.Seconds())
	}
	return r, nil
}

// flood makes the fake tell the bot that was sent most since before to wait.
func (c *troubleCommand) flood(ctx context.Context, cl *client, before telegramStats) error {
	if err := pause(ctx, c.FloodAt); err != nil {
		return err
	}
	now, err := cl.world.stats(ctx)
	if err != nil {
		return err
	}
	busiest, most := int64(0), int64(-1)
	for _, b := range cl.bots {
		id := strconv.FormatInt(b.ID, 10)
		if n := now.Accounts[id].BytesSent - before.Accounts[id].BytesSent; n > most {
			busiest, most = b.ID, n
		}
	}
	return cl.world.control(ctx, http.MethodPost, "/faults", object{
		"method": "upload.getFile", "account": busiest,
		"do": object{"error": object{"code": 420, "message": fmt.Sprintf("FLOOD_WAIT_%d", c.Flood)}},
	}, nil)
}

// serveFilm serves a client's film as a node does: engine, cache, HTTP. stop ends
// it, whoever reads.
func serveFilm(cl *client) (url string, stop func(), err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	chunks := cache.Open(cache.Options{})
	engine := node.New(node.Options{Source: cl, Cache: chunks, ReadAhead: node.DefaultReadAhead * cl.helpers})
	file := teleplay.File{Message: cl.film.message, Size: teleplay.MaxFileSize}
	server := &http.Server{ReadHeaderTimeout: readyWait, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reader := engine.Open(file, teleplay.Range{Length: file.Size})
		defer reader.Close()
		gone := context.AfterFunc(r.Context(), func() { reader.Close() })
		defer gone()
		w.Header().Set("Content-Length", strconv.FormatInt(file.Size, 10))
		reader.WriteTo(w) // an error cuts the stream, which the client sees
	})}
	ended := make(chan struct{})
	go func() { defer close(ended); server.Serve(ln) }()
	return "http://" + ln.Addr().String(), func() {
		server.Close()
		<-ended
		engine.Close()
		chunks.Close()
	}, nil
}

// stream is what a reader of a film met.
type stream struct {
	first time.Duration // until the first byte of the body
	took  time.Duration // from then on
	gaps  sample        // between two reads after the first, in ms
	bytes int64
	wrong int64
}

// piece is what one read of the socket brought.
type piece struct {
	offset int64
	b      []byte
}

// readFilm reads the body of url for a while, each byte checked by another
// goroutine, which is fast enough to never hold the reader up.
func readFilm(ctx context.Context, url string, want oracle, d time.Duration) (s stream, err error) {
	began := time.Now()
	conn, body, err := request(ctx, url)
	if err != nil {
		return s, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	pieces := make(chan piece, 1024) // 64 MiB at most
	checked := make(chan int64, 1)
	go func() {
		wrong := int64(0)
		for p := range pieces {
			wrong += want.wrong(p.offset, p.b)
		}
		checked <- wrong
	}()
	last := time.Time{}
	for last.IsZero() || s.took < d {
		b := make([]byte, 64<<10)
		n, e := body.Read(b)
		now := time.Now()
		if n > 0 {
			pieces <- piece{s.bytes, b[:n]}
			s.bytes += int64(n)
			if last.IsZero() {
				s.first = now.Sub(began)
				began = now
			} else {
				s.gaps = append(s.gaps, ms(now.Sub(last)))
			}
			s.took, last = now.Sub(began), now
		}
		if e != nil {
			err = fmt.Errorf("the stream ended after %d bytes: %w", s.bytes, e)
			break
		}
	}
	close(pieces)
	s.wrong = <-checked
	return s, err
}

// request asks for url over a connection of its own and returns what follows the
// headers, read straight from the socket.
func request(ctx context.Context, url string) (net.Conn, io.Reader, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", req.URL.Host)
	if err != nil {
		return nil, nil, err
	}
	if err := req.Write(conn); err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, req)
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	if resp.StatusCode != http.StatusOK {
		return nil, nil, errors.Join(fmt.Errorf("GET %s: %s", url, resp.Status), conn.Close())
	}
	return conn, resp.Body, nil
}

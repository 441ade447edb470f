package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

const (
	// largestBody bounds what a request may send, in bytes.
	largestBody = 1 << 20
	// headerRoom holds the longest header that is read, 8 KB of Range included.
	headerRoom = 16 << 10
	// readTime bounds the arrival of a request, idleTime the wait for the next one.
	readTime = 10 * time.Second
	idleTime = 120 * time.Second
)

// Run serves ln until ctx ends, and closes it. Then event streams end, running
// streams have Options.Grace to finish, and what is left is cut. It returns after
// its last goroutine.
func (a *API) Run(ctx context.Context, ln net.Listener) error {
	all := &cutter{Listener: listener{ln}, open: map[net.Conn]bool{}}
	server := &fasthttp.Server{
		Handler:               a.handler(),
		ErrorHandler:          a.unreadable,
		ReadTimeout:           readTime,
		IdleTimeout:           idleTime,
		ReadBufferSize:        headerRoom,
		MaxRequestBodySize:    largestBody,
		NoDefaultServerHeader: true,
		NoDefaultContentType:  true,
		CloseOnShutdown:       true,
		SecureErrorLogMessage: true, // else broken requests stand in the log, tokens and all
		ConnState:             all.state,
		Logger:                quiet{a.o.Log},
	}
	group, inner := errgroup.WithContext(ctx)
	work, stop := context.WithCancel(context.Background())
	defer stop()
	if err := a.pull(ctx); err != nil && ctx.Err() == nil {
		a.o.Log.Warn("pull ended sessions", slog.Any("err", err)) // logins are refused until it succeeds
	}
	var helpers sync.WaitGroup
	helpers.Go(func() { a.follow(work) })
	helpers.Go(func() { a.peek(work) })
	group.Go(func() error {
		if err := server.Serve(all); err != nil {
			return fmt.Errorf("serve HTTP: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-inner.Done()
		close(a.stop)
		grace, cancel := context.WithTimeout(context.Background(), a.o.Grace)
		defer cancel()
		err := server.ShutdownWithContext(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			err = nil
		}
		a.cut()
		_ = all.Close() // a Shutdown that came before Serve knows no listener
		all.cut()
		return err
	})
	err := group.Wait()
	// A connection accepted while the listener closed may have come after the cut.
	all.cut()
	all.wait()
	stop()
	helpers.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// cutter knows the connections that are served, so that they can be cut and
// waited for.
type cutter struct {
	net.Listener

	mu   sync.Mutex
	open map[net.Conn]bool // guarded by mu
	all  sync.WaitGroup
}

// state is fasthttp's ConnState hook.
func (l *cutter) state(c net.Conn, s fasthttp.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch s {
	case fasthttp.StateNew:
		l.open[c] = true
		l.all.Add(1)
	case fasthttp.StateClosed, fasthttp.StateHijacked:
		if l.open[c] {
			delete(l.open, c)
			l.all.Done()
		}
	}
}

func (l *cutter) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		_ = c.Close()
	}
}

func (l *cutter) wait() { l.all.Wait() }

// quiet turns fasthttp's log lines, which are about clients' faults, into debug.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, args ...any) {
	q.log.Debug("http", slog.String("err", strings.TrimSpace(fmt.Sprintf(format, args...))))
}

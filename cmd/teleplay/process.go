package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"syscall"
)

// untilEOF is a context that ends when r does: a child whose parent is gone, even
// killed, ends with it.
func untilEOF(ctx context.Context, r io.Reader) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		io.Copy(io.Discard, r) // ends with the parent's end of the pipe
		stop()
	}()
	return ctx, stop
}

// newLog writes to w in the form that people or collectors read.
func newLog(w io.Writer, level slog.Level, format string) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// listen opens a port, or says in one line why it cannot.
func listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &fault{1, fmt.Sprintf("teleplay: %s is in use by another program. End it, or choose another port.", addr)}
	case errors.Is(err, os.ErrPermission):
		return nil, &fault{1, fmt.Sprintf("teleplay: this user may not listen on %s. Choose a port above 1023.", addr)}
	case err != nil:
		return nil, &fault{1, fmt.Sprintf("teleplay: cannot listen on %s: %v", addr, err)}
	}
	return ln, nil
}

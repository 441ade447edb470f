package fake

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func pair(t *testing.T) (client, server *socket) {
	t.Helper()
	client, server = connected(&net.TCPAddr{Port: 1}, &net.TCPAddr{Port: 2})
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	return client, server
}

func wrote(t *testing.T, c net.Conn, n int) {
	t.Helper()
	if got, err := c.Write(make([]byte, n)); got != n || err != nil {
		t.Fatalf("wrote %d, %v", got, err)
	}
}

// TestPipeHoldsSoMuch: writes need no reader until the buffer is full, then they
// wait; a write that times out says how much it wrote.
func TestPipeHoldsSoMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t)
		wrote(t, server, pipeBytes-1)
		begun := time.Now()
		_ = server.SetWriteDeadline(begun.Add(time.Second))
		if n, err := server.Write(make([]byte, 10)); n != 1 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("wrote %d after %v: %v", n, time.Since(begun), err)
		}
		_ = server.SetWriteDeadline(time.Time{})
		go func() {
			time.Sleep(time.Second)
			_, _ = io.ReadFull(client, make([]byte, 10))
		}()
		wrote(t, server, 10)
		if took := time.Since(begun); took != 2*time.Second {
			t.Errorf("the write waited %v", took)
		}
	})
}

func TestPipeReadDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t)
		begun := time.Now()
		_ = client.SetReadDeadline(begun.Add(time.Hour))
		_ = client.SetReadDeadline(begun.Add(time.Second)) // the older one must not strike
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		_ = client.SetReadDeadline(begun.Add(time.Minute))
		wrote(t, server, 1)
		if n, err := client.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Errorf("read %d, %v", n, err)
		}
		var net net.Error
		if _, err := client.Read(make([]byte, 1)); !errors.As(err, &net) || !net.Timeout() || time.Since(begun) != time.Minute {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}

// TestPipeEnds: behind an end comes what was sent before it; a reset loses it.
func TestPipeEnds(t *testing.T) {
	client, server := pair(t)
	wrote(t, server, 5)
	server.Close()
	if b, err := io.ReadAll(client); len(b) != 5 || err != nil {
		t.Errorf("read %d bytes, %v", len(b), err)
	}
	if _, err := client.Write([]byte{1}); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a write to who has left: %v", err)
	}
	if _, err := server.Read([]byte{1}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a read of one's own that is closed: %v", err)
	}

	client, server = pair(t)
	wrote(t, server, 5)
	abort(server)
	for range 2 {
		if n, err := client.Read(make([]byte, 1)); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read %d behind a reset, %v", n, err)
		}
	}
	if _, err := server.Write([]byte{1}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a write to one's own that is closed: %v", err)
	}
}

// TestPipeWakes: who waits hears of the end.
func TestPipeWakes(t *testing.T) {
	for name, end := range map[string]func(c net.Conn){"closed": func(c net.Conn) { c.Close() }, "reset": abort} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := pair(t)
				wrote(t, client, pipeBytes)
				ended := make(chan error, 2)
				go func() {
					_, err := client.Read(make([]byte, 1))
					ended <- err
				}()
				go func() {
					_, err := client.Write(make([]byte, 1))
					ended <- err
				}()
				synctest.Wait()
				end(server)
				for range 2 {
					if err := <-ended; err == nil {
						t.Error("no error")
					}
				}
			})
		})
	}
}

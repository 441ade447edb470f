package fake

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// act makes a call of the control API that must succeed, with that answer.
func act(t *testing.T, s *Server, method, path, body, want string) {
	t.Helper()
	if status, answer := ctl(t, s, method, path, body); status != http.StatusOK || answer != want {
		t.Fatalf("%s %s: %d %s", path, body, status, answer)
	}
}

// closedBy lists how the closed connections ended.
func (w *wire) closedBy() (list []string) {
	synctest.Wait()
	closed := false
	for _, v := range w.sessionLog.list(0, &closed) {
		list = append(list, v.ClosedBy)
	}
	return list
}

// TestStall: nothing flows either way and nobody hears of the end; later it flows
// again, and nothing was lost.
func TestStall(t *testing.T) {
	for name, s := range map[string]Shape{"direct": {}, "bench": benchShape(t)} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, s, func(t *testing.T, w *wire) {
				c, other := w.reader(7), w.reader(8)
				begun := time.Now()
				act(t, w.Server, "POST", "/connections/stall", `{"account":7,"for":"20s"}`, `{"stalled":1}`)
				other.part(1 << 10)
				if time.Since(begun) > time.Second {
					t.Error("the other one is held up too")
				}
				id := c.ask(128 << 10)
				c.answer(id)
				if took := time.Since(begun); took < 20*time.Second || took > 21*time.Second {
					t.Errorf("flows after %v", took)
				}
				if took, _ := c.part(1 << 10); took > time.Second {
					t.Errorf("once it flows: %v", took)
				}
			})
		})
	}
}

// TestStallHidesTheEnd: the server gives the connection up, and the client hears of
// it when bytes flow again; a reset it hears at once.
func TestStallHidesTheEnd(t *testing.T) {
	inBubble(t, Shape{}, func(t *testing.T, w *wire) {
		for _, end := range []struct {
			by   string
			how  func(c *conn)
			when time.Duration
			err  error
		}{
			{"server", func(c *conn) { c.close("server") }, 20 * time.Second, io.EOF},
			{"fault", func(c *conn) { c.reset("fault") }, 0, syscall.ECONNRESET},
		} {
			c := w.reader(7)
			begun := time.Now()
			conn := w.openConns()[0]
			conn.stall(20 * time.Second)
			end.how(conn)
			if _, _, err := c.recv(); !errors.Is(err, end.err) || time.Since(begun) != end.when {
				t.Errorf("%s: after %v: %v", end.by, time.Since(begun), err)
			}
			if list := w.closedBy(); list[len(list)-1] != end.by {
				t.Errorf("closed by %v", list)
			}
		}
	})
}

// TestServerEndsWhileStalled: no half open connection holds up the server's end.
func TestServerEndsWhileStalled(t *testing.T) {
	var ended time.Time
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		t.Cleanup(func() { // after the server's own
			if ended = time.Now(); ended.Sub(begun) != 0 {
				t.Errorf("it took %v", ended.Sub(begun))
			}
		})
		w := startWire(t, Options{Memory: true}, parts())
		w.reader(7)
		w.openConns()[0].stall(time.Hour)
		w.openConns()[0].close("server")
	})
}

// TestResetAfter: so many bytes come, and then a reset.
func TestResetAfter(t *testing.T) {
	for name, s := range map[string]Shape{"direct": {}, "bench": benchShape(t)} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, s, func(t *testing.T, w *wire) {
				for _, n := range []int64{0, 1, 200_000, 1 << 20} {
					c := w.reader(7)
					before := c.in.read.Load()
					w.openConns()[0].resetAfter(n)
					if n > 0 {
						c.ask(1 << 20)
					}
					if _, _, err := c.recv(); !errors.Is(err, syscall.ECONNRESET) {
						t.Errorf("after %d: %v", n, err)
					}
					if got := c.in.read.Load() - before; got != n {
						t.Errorf("%d bytes came, want %d", got, n)
					}
				}
				if got := fmt.Sprint(w.closedBy()); got != "[fault fault fault fault]" {
					t.Errorf("closed by %s", got)
				}
			})
		})
	}
}

func TestResetConnections(t *testing.T) {
	inBubble(t, benchShape(t), func(t *testing.T, w *wire) {
		a, b := w.reader(7), w.reader(8)
		act(t, w.Server, "POST", "/connections/reset", `{"account":8}`, `{"closed":1}`)
		if _, _, err := b.recv(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
		a.part(1 << 10)
		if got := fmt.Sprint(w.closedBy()); got != "[fault]" {
			t.Errorf("closed by %s", got)
		}
		act(t, w.Server, "POST", "/connections/reset", `{"account":8}`, `{"closed":0}`)
		act(t, w.Server, "POST", "/connections/reset", `{}`, `{"closed":1}`)
	})
}

// dials says whether a DC's address takes connections.
func (w *wire) dials(dc int) error {
	c, err := w.Dial(w.t.Context(), "tcp", w.Addr(dc))
	if err == nil {
		c.Close()
	}
	return err
}

// TestRefusingDC: connections are reset, new ones refused, those of other DCs live.
func TestRefusingDC(t *testing.T) {
	for _, memory := range []bool{true, false} {
		run := func(t *testing.T) {
			w := startWire(t, Options{Memory: memory}, parts())
			c := w.client(7)
			c.nearestDC(c.send(layered(228, nearest)))
			act(t, w.Server, "PUT", "/dcs/4", `{"up":false,"how":"refuse"}`, `{}`)
			c.nearestDC(c.send(nearest))
			if err := w.dials(2); err != nil {
				t.Error(err)
			}
			for range 2 {
				act(t, w.Server, "PUT", "/dcs/2", `{"up":false,"how":"refuse"}`, `{}`)
				if _, _, err := c.recv(); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("an open connection: %v", err)
				}
				if err := w.dials(2); !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("a new one: %v", err)
				}
				act(t, w.Server, "PUT", "/dcs/2", `{"up":true}`, `{}`)
				c = w.client(7)
				c.nearestDC(c.send(layered(228, nearest)))
			}
		}
		t.Run(fmt.Sprint("memory ", memory), func(t *testing.T) {
			if memory {
				synctest.Test(t, run)
			} else {
				run(t)
			}
		})
	}
}

// TestBlackHole: connections are made and nothing comes, open ones fall silent, and
// live on when it is over.
func TestBlackHole(t *testing.T) {
	for _, memory := range []bool{true, false} {
		run := func(t *testing.T) {
			w := startWire(t, Options{Memory: memory}, parts())
			c := w.client(7)
			c.nearestDC(c.send(layered(228, nearest)))
			act(t, w.Server, "PUT", "/dcs/2", `{"up":false,"how":"blackhole"}`, `{}`)
			id := c.send(nearest)
			fresh := w.client(7)
			first := fresh.send(layered(228, nearest))
			for _, silent := range []*client{c, fresh} {
				raw := silent.c.(*framed).rw.(net.Conn)
				_ = raw.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				if n, err := raw.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("read %d, %v", n, err)
				}
				_ = raw.SetReadDeadline(time.Now().Add(time.Minute))
			}
			act(t, w.Server, "PUT", "/dcs/2", `{"up":true}`, `{}`)
			c.nearestDC(id)
			fresh.nearestDC(first)
		}
		t.Run(fmt.Sprint("memory ", memory), func(t *testing.T) {
			if memory {
				synctest.Test(t, run)
			} else {
				run(t)
			}
		})
	}
}

// TestOutageForATime: a DC comes back by itself, unless it is said otherwise.
func TestOutageForATime(t *testing.T) {
	inBubble(t, Shape{}, func(t *testing.T, w *wire) {
		act(t, w.Server, "PUT", "/dcs/2", `{"up":false,"how":"refuse","for":"60s"}`, `{}`)
		time.Sleep(60*time.Second - time.Millisecond)
		if err := w.dials(2); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("before: %v", err)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if err := w.dials(2); err != nil {
			t.Errorf("after: %v", err)
		}
		act(t, w.Server, "PUT", "/dcs/2", `{"up":false,"how":"refuse","for":"60s"}`, `{}`)
		act(t, w.Server, "PUT", "/dcs/2", `{"up":false,"how":"refuse"}`, `{}`)
		time.Sleep(2 * time.Minute)
		if err := w.dials(2); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("said otherwise: %v", err)
		}
		begun := time.Now()
		act(t, w.Server, "PUT", "/dcs/2", `{"up":false,"how":"blackhole","for":"10s"}`, `{}`)
		w.reader(7)
		if took := time.Since(begun); took != 10*time.Second {
			t.Errorf("the black hole lasted %v", took)
		}
	})
}

func TestOutagesThatAreNone(t *testing.T) {
	s, err := New(Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"/dcs/3", `{"up":true}`, 404}, {"/dcs/x", `{"up":true}`, 404},
		{"/dcs/2", `{"up":false}`, 400}, {"/dcs/2", `{}`, 400}, {"/dcs/2", `{"up":false,"how":"hang"}`, 400},
		{"/dcs/2", `{"up":true,"how":"refuse"}`, 400}, {"/dcs/2", `{"up":true,"for":"1s"}`, 400},
		{"/dcs/2", `{"up":false,"how":"refuse","for":"-1s"}`, 400},
	} {
		if status, body := ctl(t, s, "PUT", c.path, c.body); status != c.status {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, body)
		}
	}
	for _, body := range []string{``, `{}`, `{"for":"0s"}`, `{"for":"x"}`, `{"for":"1s","speed":1}`} {
		if status, answer := ctl(t, s, "POST", "/connections/stall", body); status != 400 {
			t.Errorf("stall %s: %d %s", body, status, answer)
		}
	}
}

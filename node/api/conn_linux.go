package api

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// unsentLimit keeps what the kernel holds unsent for a stalled viewer small:
// 64 of them cost 17 MiB instead of 170, and a seek wastes less.
const unsentLimit = 128 << 10

// raw is the socket below a connection; nil for what has none.
func raw(c net.Conn) syscall.RawConn {
	for {
		switch t := c.(type) {
		case *conn:
			c = t.Conn
		case interface{ NetConn() net.Conn }: // *tls.Conn
			c = t.NetConn()
		case syscall.Conn:
			r, err := t.SyscallConn()
			if err != nil {
				return nil
			}
			return r
		default:
			return nil
		}
	}
}

// tune prepares an accepted socket. An error means an old kernel, and only memory.
func tune(c net.Conn) {
	if r := raw(c); r != nil {
		_ = r.Control(func(fd uintptr) {
			_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentLimit)
		})
	}
}

// left tells whether the client has closed its side or reset the connection,
// whatever it may have sent before that. It reads nothing.
func left(c net.Conn) bool {
	r := raw(c)
	if r == nil {
		return false
	}
	gone := false
	err := r.Control(func(fd uintptr) {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		n, err := unix.Poll(p, 0)
		gone = err == nil && n > 0 && p[0].Revents&(unix.POLLRDHUP|unix.POLLHUP|unix.POLLERR) != 0
	})
	return gone || err != nil
}

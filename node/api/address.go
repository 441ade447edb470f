package api

import (
	"net"
	"net/netip"
	"strings"
)

// clientAddress is who asks: the peer of the connection or, while that is a
// trusted proxy, the rightmost hop of X-Forwarded-For that is none. Anybody can
// write the hops left of it.
func (a *API) clientAddress(q *request) netip.Addr {
	client := netip.Addr{}
	if t, ok := q.RemoteAddr().(*net.TCPAddr); ok {
		client = t.AddrPort().Addr().Unmap()
	}
	if !a.trusted(client) {
		return client
	}
	lines := q.Request.Header.PeekAll("X-Forwarded-For")
	for i := len(lines) - 1; i >= 0; i-- {
		hops := strings.Split(string(lines[i]), ",")
		for j := len(hops) - 1; j >= 0; j-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[j]))
			if err != nil {
				return client
			}
			if client = hop.Unmap(); !a.trusted(client) {
				return client
			}
		}
	}
	return client
}

func (a *API) trusted(addr netip.Addr) bool {
	for _, p := range a.o.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// addressKey is what limits and login codes go by: an IPv4 address, or the /64 of
// an IPv6 address, since one household has a whole /64.
func addressKey(addr netip.Addr) string {
	if !addr.Is6() {
		return addr.String()
	}
	p, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return addr.String()
	}
	return p.String()
}

// speaksTLS tells whether the client's side is https: on this connection, as a
// trusted proxy says, or because the page is the one of WEB_BASE_URL and that is
// https. The last rests on a header, but who makes it up gets cookies that plain
// http does not keep.
func (a *API) speaksTLS(q *request) bool {
	if q.IsTLS() || a.base.Scheme == "https" && strings.EqualFold(string(q.Host()), a.base.Host) {
		return true
	}
	t, ok := q.RemoteAddr().(*net.TCPAddr)
	if !ok || !a.trusted(t.AddrPort().Addr().Unmap()) {
		return false
	}
	proto, _ := q.header("X-Forwarded-Proto")
	return strings.EqualFold(proto, "https")
}

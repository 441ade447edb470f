package fake

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"github.com/gotd/td/tg"
)

// address is an entry of a DC, as help.getConfig and GET /info list them.
type address struct {
	DC        int    `json:"id"`
	Place     int    `json:"place"`
	Addr      string `json:"addr"`
	MediaOnly bool   `json:"media_only"`
}

// onlyPlace is the place of all DCs' addresses: there is one network way to them.
const onlyPlace = 1

// hostPort splits Addr.
func (a address) hostPort() (host string, port int) {
	host, p, _ := net.SplitHostPort(a.Addr)
	port, _ = strconv.Atoi(p)
	return host, port
}

// usualPort is of the first DC in memory, where no port is taken.
const usualPort = 24430

// listen opens a port for each DC and, after them, the media_only one of the last
// DC. On an error nothing stays open.
func (o *Options) listen(ctx context.Context) (list []address, listeners []net.Listener, err error) {
	host, p, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, nil, fmt.Errorf("listen on %q: %w", o.Listen, err)
	}
	port, err := strconv.Atoi(p)
	if err != nil {
		return nil, nil, fmt.Errorf("listen on %q: the port must be a number", o.Listen)
	}
	if o.Memory && port == 0 {
		port = usualPort
	}
	advertise := o.Advertise
	if advertise == "" {
		advertise = host
	}
	defer func() {
		if err != nil {
			for _, l := range listeners {
				_ = l.Close()
			}
		}
	}()
	for i := range len(o.DCs) + 1 {
		a := address{DC: o.DCs[min(i, len(o.DCs)-1)], Place: onlyPlace, MediaOnly: i == len(o.DCs)}
		at := port
		if port != 0 {
			at += i
		}
		l, err := o.listenAt(ctx, net.JoinHostPort(host, strconv.Itoa(at)))
		if err != nil {
			return nil, listeners, fmt.Errorf("listen for DC %d: %w", a.DC, err)
		}
		listeners = append(listeners, l)
		_, p, _ := net.SplitHostPort(l.Addr().String())
		a.Addr = net.JoinHostPort(advertise, p)
		list = append(list, a)
	}
	return list, listeners, nil
}

func (o *Options) listenAt(ctx context.Context, addr string) (net.Listener, error) {
	if o.Memory {
		at, err := netip.ParseAddrPort(addr)
		if err != nil {
			return nil, err
		}
		return newMemory(at), nil
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
}

// addressList lists the addresses: of each DC the normal ones before its media_only one.
func (s *Server) addressList() []address {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// Addr is the address of a DC, once the server is ready; "" = no such DC.
func (s *Server) Addr(dc int) string {
	for _, a := range s.addressList() {
		if a.DC == dc {
			return a.Addr
		}
	}
	return ""
}

// addresses is addressList as help.getConfig tells them.
func (s *Server) addresses() []tg.DCOption {
	var list []tg.DCOption
	for _, a := range s.addressList() {
		host, port := a.hostPort()
		list = append(list, tg.DCOption{ID: a.DC, IPAddress: host, Port: port, MediaOnly: a.MediaOnly})
	}
	return list
}

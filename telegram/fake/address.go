package fake

import (
	"context"
	"fmt"
	"net"
	"strconv"
)

// address is an entry of a DC, as help.getConfig and GET /info list them.
type address struct {
	DC        int    `json:"id"`
	Place     int    `json:"place"`
	Addr      string `json:"addr"`
	MediaOnly bool   `json:"media_only"`
}

// hostPort splits Addr.
func (a address) hostPort() (host string, port int) {
	host, p, _ := net.SplitHostPort(a.Addr)
	port, _ = strconv.Atoi(p)
	return host, port
}

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
		a := address{DC: o.DCs[min(i, len(o.DCs)-1)], Place: 1, MediaOnly: i == len(o.DCs)}
		at := port
		if port != 0 {
			at += i
		}
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(at)))
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

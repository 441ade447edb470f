//go:build !linux

package api

import "net"

// tune has nothing to do here.
func tune(net.Conn) {}

// left cannot be told here; a client that has gone shows at the next write.
func left(net.Conn) bool { return false }

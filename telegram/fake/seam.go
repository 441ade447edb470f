package fake

import (
	"context"

	"github.com/gotd/td/bin"
)

// call is one RPC as the wire hands it to the world.
type call struct {
	ctx       context.Context
	server    *Server
	conn      *conn // its id, place, remote for logs
	session   int64
	unhear    func()   // makes the query one that has never come; see session.unhear
	key       *authKey // key.account() is 0 until login
	dc        int
	layer     int
	noUpdates bool
	msgID     int64
	account   int64 // logged-in bot id or 0
}

// handler answers one decoded method. b begins with the method's own id. A
// *tgerr.Error goes out as rpc_error, a decode error of gotd's as 400
// INPUT_CONSTRUCTOR_INVALID, any other error as 500 INTERNAL and is logged.
// Handlers of one connection run in parallel.
type handler func(c *call, b *bin.Buffer) (bin.Encoder, error)

// Package fake is a Telegram for the house: real MTProto on the wire, data
// centres, bots, users, a storage channel and files, with a control API by which
// tests and people act as the users. Nothing in it says what the real Telegram's
// limits are.
//
// A Server is its wire and its world. The wire (codec.go, exchange.go, conn.go,
// session.go, rpc.go, dispatch.go) turns bytes into calls and gives each to a
// handler of the world; seam.go is all that they share. The control port is
// control.go. The network between client and wire is shape.go: bytes come in by
// upstream.go and go out by downstream.go, when line.go says; memory.go and pipe.go
// are connections without sockets.
//
// The wire is our own, on gotd's crypto, proto, mt and tg: gotd's server parts
// satisfy gotd's client and nobody else. What others demand beyond it:
//
//   - the exchange takes the old RSA padding and p_q_inner_data without a DC
//     (Telethon, Pyrogram), any msg_id, and may be left after req_pq_multi (TDLib);
//   - obfuscated connections are told from plain ones by their first bytes;
//     padded frames may be 15 bytes too long (TDLib, Kurigram);
//   - layer, initConnection and login belong to the auth key (Telethon);
//   - InputPeer is taken where InputChannel or InputUser is meant (Pyrogram);
//   - file queries subscribe no session to updates (Pyrogram);
//   - what is missing is 400 NOT_IMPLEMENTED_<id>, as a 500 is repeated by all;
//   - layers 228 and 227 are spoken (PyroTGFork and Telethon 1.44 are of 227).
package fake

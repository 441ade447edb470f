// Package fake is a Telegram for the house: real MTProto on the wire, data
// centres, bots, users, a storage channel and files, with a control API by which
// tests and people act as the users. Nothing in it says what the real Telegram's
// limits are.
//
// A Server is its wire and its world. The wire (codec.go, exchange.go, conn.go,
// session.go, rpc.go, dispatch.go) turns bytes into calls and gives each to a
// handler of the world; seam.go is all that they share. What the limits (limiter.go)
// or a fault (faults.go) have against a call, suffer.go does to it. The control port
// is control.go. The network between client and wire is shape.go: bytes come in by
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
//
// Clients that nobody here wrote say whether that is so. Measured by make honesty
// (honesty/, honesty_test.go), which demands each check of each:
//
//	client                   version    layer  its codec            passed  failed
//	TDLib, home DC 1         1.8.66     228    obfuscated               13       0
//	TDLib, USER_MIGRATE to 2 1.8.66     228    obfuscated               13       0
//	Telethon                 1.44.0     227    full, all four           38       0
//	PyroTGFork               2.2.24.1   227    obfuscated, all five     34       0
//	Kurigram                 2.2.25     228    abridged, all six        34       0
//
// The scripts of TDLib and Telethon are a kit that stays as it is; the one of the
// last two is ours, and does what a back end does. Beside them judge: gotd's own
// client and what its fuzzing found (corpora_wire_test.go), the exchange that
// Telegram has published (published_test.go), and for what none of these looks at
// the tests in the table of own_judges_test.go.
package fake

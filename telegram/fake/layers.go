package fake

import (
	"bytes"
	"encoding/binary"

	"github.com/gotd/td/tg"
)

// The server speaks layer 228. Of what it sends and takes, layer 227 differs in
// three constructors: user and channel have the same bytes while the one new
// field is not set, botCommand lacks the flags word. Ids are looked for on 4-byte
// steps; a chance hit in a text or hash has the odds 2⁻³¹ a word, and file bytes
// are never looked at.
const (
	layerNewest = 228
	layerOldest = 227

	user227       = 0x31774388
	channel227    = 0x1c32b11c
	botCommand227 = 0xc27ac8c7
)

// outgoing translates buf from n on into what layer understands.
func outgoing(layer int, buf []byte, n int) []byte {
	if layer != layerOldest {
		return buf
	}
	for i := n; i+4 <= len(buf); i += 4 {
		switch w := buf[i : i+4]; binary.LittleEndian.Uint32(w) {
		case tg.UserTypeID:
			binary.LittleEndian.PutUint32(w, user227)
		case tg.ChannelTypeID:
			binary.LittleEndian.PutUint32(w, channel227)
		case tg.BotCommandTypeID:
			if i+8 <= len(buf) && binary.LittleEndian.Uint32(buf[i+4:]) == 0 {
				binary.LittleEndian.PutUint32(w, botCommand227)
				buf = append(buf[:i+4], buf[i+8:]...)
			}
		}
	}
	return buf
}

// incoming translates a query of layer into the server's own. Only a bot's menu
// needs it.
func incoming(layer int, method uint32, body []byte) []byte {
	if layer != layerOldest || method != tg.BotsSetBotCommandsRequestTypeID {
		return body
	}
	out := make([]byte, 0, len(body)+64)
	for ; len(body) >= 4; body = body[4:] {
		if binary.LittleEndian.Uint32(body) == botCommand227 {
			out = binary.LittleEndian.AppendUint32(out, tg.BotCommandTypeID)
			out = binary.LittleEndian.AppendUint32(out, 0)
			continue
		}
		out = append(out, body[:4]...)
	}
	return append(out, body...)
}

// otherPeer is a query in which the word at an offset, an InputPeer constructor
// where InputChannel or InputUser is wanted, is that one: the layout is the same,
// and the real server takes either. false: there is no such word.
func otherPeer(body []byte, at int) ([]byte, bool) {
	if at < 0 || at+4 > len(body) {
		return nil, false
	}
	id := uint32(0)
	switch binary.LittleEndian.Uint32(body[at:]) {
	case tg.InputPeerChannelTypeID:
		id = tg.InputChannelTypeID
	case tg.InputPeerUserTypeID:
		id = tg.InputUserTypeID
	case tg.InputPeerSelfTypeID:
		id = tg.InputUserSelfTypeID
	default:
		return nil, false
	}
	body = bytes.Clone(body)
	binary.LittleEndian.PutUint32(body[at:], id)
	return body, true
}

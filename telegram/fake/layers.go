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

// otherPeers are what a query may mean whose InputPeer constructors stand where
// InputChannel or InputUser is wanted, which have the same layout: the real server
// takes either. Where a query has both, as channels.getParticipant, only the
// channel is another.
func otherPeers(body []byte) [2][]byte {
	channels := bytes.Clone(body)
	replace(channels, tg.InputPeerChannelTypeID, tg.InputChannelTypeID)
	all := bytes.Clone(channels)
	replace(all, tg.InputPeerUserTypeID, tg.InputUserTypeID)
	replace(all, tg.InputPeerSelfTypeID, tg.InputUserSelfTypeID)
	return [2][]byte{channels, all}
}

// replace replaces a word of a query behind its method's id.
func replace(body []byte, from, to uint32) {
	for i := 4; i+4 <= len(body); i += 4 {
		if w := body[i : i+4]; binary.LittleEndian.Uint32(w) == from {
			binary.LittleEndian.PutUint32(w, to)
		}
	}
}

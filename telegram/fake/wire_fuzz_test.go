package fake

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/crypto"
	"github.com/gotd/td/mt"
	"github.com/gotd/td/proto"
	gotdcodec "github.com/gotd/td/proto/codec"
	"github.com/gotd/td/tg"
)

// faults is a log that keeps what a client must never bring about: panics, and
// errors that no refusal explains.
type faults struct {
	slog.Handler
	mu   sync.Mutex
	list []string
}

func (f *faults) Enabled(context.Context, slog.Level) bool { return true }
func (f *faults) Handle(_ context.Context, r slog.Record) error {
	if r.Level < slog.LevelError {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	f.list = append(f.list, text)
	return nil
}

func (f *faults) none(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, text := range f.list {
		t.Error(text)
	}
}

var fuzzTime = time.Unix(1_800_000_000, 0)

// fuzzServer is a whole server without ports whose clock stands, so that one input
// always means the same.
func fuzzServer(f testing.TB) (*Server, *faults) {
	f.Helper()
	log := &faults{Handler: slog.DiscardHandler}
	s, err := New(Options{Now: func() time.Time { return fuzzTime }, Log: slog.New(log)})
	if err != nil {
		f.Fatal(err)
	}
	return s, log
}

// script is a connection whose client has sent everything and hears nothing.
type script struct{ *bytes.Reader }

func (script) Write(p []byte) (int, error)      { return len(p), nil }
func (script) Close() error                     { return nil }
func (script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (script) SetDeadline(time.Time) error      { return nil }
func (script) SetReadDeadline(time.Time) error  { return nil }
func (script) SetWriteDeadline(time.Time) error { return nil }

// FuzzQuery: whatever a decrypted message says, the session and the handlers of a
// world answer it or refuse it.
func FuzzQuery(f *testing.F) {
	s, log := fuzzServer(f)
	w := s.world
	furnish := func() {
		if _, err := w.send(person, mainBot, letter{Media: film(7, 5000), Text: "/start"}); err != nil {
			f.Fatal(err)
		}
		if _, err := w.post(channelID, []item{{Media: film(7, 5000)}}); err != nil {
			f.Fatal(err)
		}
	}
	furnish()
	channel := &tg.InputPeerChannel{ChannelID: channelID, AccessHash: w.accessHash(mainBot, "channel", channelID)}
	user := &tg.InputPeerUser{UserID: person, AccessHash: w.accessHash(mainBot, "user", person)}
	ids := []tg.InputMessageClass{&tg.InputMessageID{ID: 1}, &tg.InputMessageReplyTo{ID: 1}}
	keyboard := &tg.ReplyInlineMarkup{Rows: []tg.KeyboardButtonRow{{Buttons: []tg.KeyboardButtonClass{
		&tg.KeyboardButtonCallback{Text: "a", Data: []byte("a")}, &tg.KeyboardButtonURL{Text: "b", URL: "https://a.b"},
	}}}}
	part := &tg.InputFile{ID: 5, Parts: 1, Name: "a.mp4"}
	for _, q := range []bin.Encoder{
		nearest, config, &tg.AuthImportBotAuthorizationRequest{APIID: 1, APIHash: "x", BotAuthToken: w.bots()[0].Token},
		&tg.AuthExportAuthorizationRequest{DCID: 4}, &tg.AuthImportAuthorizationRequest{ID: mainBot, Bytes: []byte{1}}, &tg.AuthLogOutRequest{},
		&tg.UsersGetUsersRequest{ID: []tg.InputUserClass{&tg.InputUserSelf{}, &tg.InputUser{UserID: person}}},
		&tg.UsersGetFullUserRequest{ID: &tg.InputUserSelf{}}, &tg.UpdatesGetStateRequest{}, &tg.UpdatesGetDifferenceRequest{Pts: 1, Date: 1},
		&tg.UpdatesGetChannelDifferenceRequest{Channel: &tg.InputChannel{ChannelID: channelID}, Filter: &tg.ChannelMessagesFilterEmpty{}, Pts: 1, Limit: 10},
		&tg.ChannelsGetChannelsRequest{ID: []tg.InputChannelClass{&tg.InputChannel{ChannelID: channelID}}},
		&tg.ChannelsGetFullChannelRequest{Channel: &tg.InputChannel{ChannelID: channelID}},
		&tg.ChannelsGetMessagesRequest{Channel: &tg.InputChannel{ChannelID: channelID}, ID: ids}, &tg.MessagesGetMessagesRequest{ID: ids},
		&tg.ChannelsDeleteMessagesRequest{Channel: &tg.InputChannel{ChannelID: channelID}, ID: []int{1}},
		&tg.MessagesDeleteMessagesRequest{Revoke: true, ID: []int{1}},
		&tg.MessagesForwardMessagesRequest{DropAuthor: true, FromPeer: user, ID: []int{1}, RandomID: []int64{9}, ToPeer: channel},
		&tg.MessagesSendMessageRequest{Peer: user, Message: "a", RandomID: 8, ReplyMarkup: keyboard,
			Entities: []tg.MessageEntityClass{&tg.MessageEntityBold{Offset: 0, Length: 1}}},
		&tg.MessagesSendMessageRequest{Peer: channel, Message: "a", RandomID: 8, ReplyTo: &tg.InputReplyToMessage{ReplyToMsgID: 1}},
		&tg.MessagesEditMessageRequest{Peer: user, ID: 1, Message: "b", ReplyMarkup: keyboard},
		&tg.MessagesSendMediaRequest{Peer: user, RandomID: 7, Media: &tg.InputMediaUploadedDocument{File: part, MimeType: "video/mp4",
			Attributes: []tg.DocumentAttributeClass{&tg.DocumentAttributeVideo{Duration: 1, W: 2, H: 3}}}},
		&tg.MessagesSendMediaRequest{Peer: user, RandomID: 7, Media: &tg.InputMediaUploadedPhoto{File: part}},
		&tg.MessagesSetBotCallbackAnswerRequest{QueryID: 1, Message: "a"},
		&tg.BotsSetBotCommandsRequest{Scope: &tg.BotCommandScopeDefault{}, Commands: []tg.BotCommand{{Command: "a", Description: "b"}}},
		&tg.BotsGetBotCommandsRequest{Scope: &tg.BotCommandScopeDefault{}}, &tg.BotsResetBotCommandsRequest{Scope: &tg.BotCommandScopeDefault{}},
		&tg.BotsSetBotInfoRequest{Name: "a"}, &tg.BotsGetBotInfoRequest{}, &tg.ContactsResolveUsernameRequest{Username: "a"},
		&tg.ChannelsGetParticipantRequest{Channel: &tg.InputChannel{ChannelID: channelID}, Participant: &tg.InputPeerSelf{}},
		&tg.MessagesSetTypingRequest{Peer: user, Action: &tg.SendMessageTypingAction{}},
		&tg.MessagesUploadMediaRequest{Peer: &tg.InputPeerSelf{}, Media: &tg.InputMediaUploadedPhoto{File: part}},
		&tg.MessagesSendMultiMediaRequest{Peer: user, MultiMedia: []tg.InputSingleMedia{{Media: &tg.InputMediaDocument{ID: &tg.InputDocument{ID: 1}}, RandomID: 3}}},
		&tg.UploadSaveFilePartRequest{FileID: 5, Bytes: []byte("ab")}, &tg.UploadSaveBigFilePartRequest{FileID: 5, FileTotalParts: 1, Bytes: []byte("ab")},
		&tg.UploadGetFileRequest{Location: &tg.InputDocumentFileLocation{ID: 1, FileReference: []byte{1}}, Limit: 4096},
		&mt.PingRequest{}, &mt.MsgsAck{MsgIDs: []int64{1}}, &mt.GetFutureSaltsRequest{Num: 1}, &mt.DestroySessionRequest{SessionID: 1},
		&mt.RPCDropAnswerRequest{ReqMsgID: 1}, &tg.InvokeAfterMsgRequest{MsgID: 1, Query: object{nearest}}, proto.GZIP{Data: encoded(nearest)},
	} {
		for _, odd := range []bool{true, false} {
			f.Add([]byte(encoded(q)), odd, odd)
		}
		f.Add([]byte(layered(227, q)), true, true)
	}
	id := int64(proto.NewMessageID(fuzzTime, proto.MessageFromClient))
	f.Add([]byte(encoded(&proto.MessageContainer{Messages: []proto.Message{
		{ID: id - 8, SeqNo: 1, Bytes: 4, Body: encoded(nearest)}, {ID: id - 4, SeqNo: 3, Bytes: 4, Body: encoded(nearest)},
	}})), false, false)
	f.Fuzz(func(t *testing.T, body []byte, odd, old bool) {
		if err := w.reset(); err != nil {
			t.Fatal(err)
		}
		furnish()
		k, err := s.ring.made(2, mainBot)
		if err != nil {
			t.Fatal(err)
		}
		defer s.ring.drop(k)
		k.enter(map[bool]int{true: 227, false: 228}[old], true)
		m := &crypto.EncryptedMessageData{Salt: k.salt(fuzzTime), SessionID: 1, MessageID: id,
			MessageDataLen: int32(len(body)), MessageDataWithPadding: body}
		if odd {
			m.SeqNo = 1
		}
		c := s.newConn(script{bytes.NewReader(nil)}, address{DC: 2, Place: 1})
		defer c.leave()
		_ = k.session(m.SessionID, s).receive(context.Background(), c, len(body), m)
		s.wg.Wait()
		log.none(t)
	})
}

// FuzzConnection: whatever a connection's bytes are, it ends with them and no key
// was made.
func FuzzConnection(f *testing.F) {
	s, log := fuzzServer(f)
	k := s.ring.add(2, crypto.Key{1}, 77)
	id := int64(proto.NewMessageID(fuzzTime, proto.MessageFromClient))
	var sealed, plain bin.Buffer
	if err := crypto.NewClientCipher(rand.Reader).Encrypt(k.key, crypto.EncryptedMessageData{Salt: 77, SessionID: 1, MessageID: id,
		SeqNo: 1, Message: layered(228, nearest)}, &sealed); err != nil {
		f.Fatal(err)
	}
	_ = plain.Encode(proto.UnencryptedMessage{MessageID: 1, MessageData: encoded(reqPQ(bin.Int128{1}))})
	for _, codec := range []gotdcodec.TaggedCodec{gotdcodec.Abridged{}, gotdcodec.Intermediate{}, gotdcodec.PaddedIntermediate{}} {
		var b bytes.Buffer
		_ = codec.WriteHeader(&b)
		for _, m := range [][]byte{plain.Buf, sealed.Buf, sealed.Buf} {
			if err := codec.Write(&b, &bin.Buffer{Buf: bytes.Clone(m)}); err != nil {
				f.Fatal(err)
			}
		}
		f.Add(b.Bytes())
	}
	full := &bytes.Buffer{}
	if err := new(gotdcodec.Full).Write(full, &bin.Buffer{Buf: bytes.Clone(sealed.Buf)}); err != nil {
		f.Fatal(err)
	}
	f.Add(full.Bytes())
	f.Add(bytes.Repeat([]byte("obfuscated"), 7))
	f.Fuzz(func(t *testing.T, sent []byte) {
		s.newConn(script{bytes.NewReader(sent)}, address{DC: 2, Place: 1}).serve(context.Background())
		s.wg.Wait()
		log.none(t)
		if n := s.stats.exchanges.Load(); n != 0 {
			t.Errorf("%d keys were made", n)
		}
	})
}

// FuzzExchange: whatever an unencrypted message says, and whatever stands in what
// it encrypts, the exchange makes no key that the protocol does not allow.
func FuzzExchange(f *testing.F) {
	s := bare(Options{}.withDefaults())
	nonce, server, newNonce := bin.Int128{1}, bin.Int128{2}, bin.Int256{3}
	inner := encoded(&mt.PQInnerDataDC{Pq: pq.Bytes(), P: pqP.Bytes(), Q: pqQ.Bytes(), Nonce: nonce, ServerNonce: server, NewNonce: newNonce, DC: 2})
	good := encoded(&mt.ClientDHInnerData{Nonce: nonce, ServerNonce: server, GB: new(big.Int).Rsh(dhPrime, 1).Bytes()})
	for _, m := range []bin.Encoder{reqPQ(nonce), &mt.ReqPqRequest{}, &mt.ReqDHParamsRequest{EncryptedData: make([]byte, 256)},
		&mt.SetClientDHParamsRequest{EncryptedData: make([]byte, 32)}, &mt.MsgsAck{MsgIDs: []int64{1}}} {
		f.Add([]byte(encoded(m)), []byte(inner), []byte(good))
	}
	f.Add([]byte{}, []byte(encoded(&mt.PQInnerDataTempDC{Pq: pq.Bytes(), P: pqP.Bytes(), Q: pqQ.Bytes(), Nonce: nonce, ServerNonce: server,
		NewNonce: newNonce, DC: 2, ExpiresIn: 60})), []byte(encoded(&mt.ClientDHInnerData{Nonce: nonce, ServerNonce: server, GB: []byte{1}})))
	f.Fuzz(func(t *testing.T, body, inner, client []byte) {
		made := 0
		fresh := func() *exchange {
			return &exchange{key: s.rsa, dc: 2, rand: s.opt.Rand, now: s.opt.Now, done: func(crypto.Key, int64) { made++ },
				nonce: nonce, serverNonce: server, newNonce: newNonce, asked: true}
		}
		x := fresh()
		_, _ = x.answer(body)
		_, _ = x.answer(body)
		x = fresh()
		if data, err := crypto.RSAPad(inner, &s.rsa.PublicKey, rand.Reader); err == nil {
			_, err := x.answer(encoded(&mt.ReqDHParamsRequest{Nonce: nonce, ServerNonce: server, P: pqP.Bytes(), Q: pqQ.Bytes(),
				PublicKeyFingerprint: crypto.RSAFingerprint(&s.rsa.PublicKey), EncryptedData: data}))
			id, _ := (&bin.Buffer{Buf: inner}).PeekID()
			if err == nil && id != mt.PQInnerDataTypeID && id != mt.PQInnerDataDCTypeID {
				t.Errorf("%x is taken", id)
			}
		}
		if made != 0 {
			t.Error("a key was made too early")
		}
		x = fresh()
		x.a = big.NewInt(5)
		key, iv := crypto.TempAESKeys(newNonce.BigInt(), server.BigInt())
		data, err := crypto.EncryptExchangeAnswer(rand.Reader, client, key, iv)
		if err != nil {
			return
		}
		_, _ = x.answer(encoded(&mt.SetClientDHParamsRequest{Nonce: nonce, ServerNonce: server, EncryptedData: data}))
		var want mt.ClientDHInnerData
		allowed := want.Decode(&bin.Buffer{Buf: client}) == nil && want.Nonce == nonce && want.ServerNonce == server &&
			inRange(new(big.Int).SetBytes(want.GB))
		if made == 1 && !allowed || made > 1 {
			t.Errorf("made %d keys of %+v", made, want)
		}
	})
}

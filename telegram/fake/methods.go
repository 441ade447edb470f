package fake

import (
	"fmt"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// methods are the calls that this Telegram knows. What is missing here is answered
// 400 NOT_IMPLEMENTED by the wire. open ones need no login, those for files and
// logins are known at every DC, all others are a bot's at home.
func (w *world) methods() map[uint32]handler {
	return map[uint32]handler{
		tg.AuthImportBotAuthorizationRequestTypeID: open(w.importBot),
		tg.AuthImportAuthorizationRequestTypeID:    open(w.importAuthorization),
		tg.HelpGetConfigRequestTypeID:              open(w.getConfig),
		tg.HelpGetNearestDCRequestTypeID:           open(w.getNearestDC),

		tg.AuthExportAuthorizationRequestTypeID:      known(w, w.exportAuthorization),
		tg.AuthLogOutRequestTypeID:                   known(w, w.logOut),
		tg.UsersGetUsersRequestTypeID:                home(w, w.getUsers),
		tg.UsersGetFullUserRequestTypeID:             home(w, w.getFullUser),
		tg.UpdatesGetStateRequestTypeID:              home(w, w.getState),
		tg.UpdatesGetDifferenceRequestTypeID:         home(w, w.getDifference),
		tg.UpdatesGetChannelDifferenceRequestTypeID:  home(w, w.getChannelDifference),
		tg.ChannelsGetChannelsRequestTypeID:          home(w, w.getChannels),
		tg.ChannelsGetFullChannelRequestTypeID:       home(w, w.getFullChannel),
		tg.ChannelsGetParticipantRequestTypeID:       home(w, w.getParticipant),
		tg.ContactsResolveUsernameRequestTypeID:      home(w, w.resolveUsername),
		tg.ChannelsGetMessagesRequestTypeID:          home(w, w.getChannelMessages),
		tg.ChannelsDeleteMessagesRequestTypeID:       home(w, w.deleteChannelMessages),
		tg.MessagesGetMessagesRequestTypeID:          home(w, w.getMessages),
		tg.MessagesDeleteMessagesRequestTypeID:       home(w, w.deleteMessages),
		tg.MessagesForwardMessagesRequestTypeID:      home(w, w.forwardMessages),
		tg.MessagesSendMessageRequestTypeID:          home(w, w.sendMessage),
		tg.MessagesSendMediaRequestTypeID:            home(w, w.sendMedia),
		tg.MessagesUploadMediaRequestTypeID:          home(w, w.uploadMedia),
		tg.MessagesSendMultiMediaRequestTypeID:       home(w, w.sendMultiMedia),
		tg.MessagesSetTypingRequestTypeID:            home(w, w.setTyping),
		tg.MessagesEditMessageRequestTypeID:          home(w, w.editMessage),
		tg.MessagesSetBotCallbackAnswerRequestTypeID: home(w, w.setBotCallbackAnswer),
		tg.BotsSetBotCommandsRequestTypeID:           home(w, w.setBotCommands),
		tg.BotsGetBotCommandsRequestTypeID:           home(w, w.getBotCommands),
		tg.BotsResetBotCommandsRequestTypeID:         home(w, w.resetBotCommands),
		tg.BotsSetBotInfoRequestTypeID:               home(w, w.setBotInfo),
		tg.BotsGetBotInfoRequestTypeID:               home(w, w.getBotInfo),
		tg.UploadGetFileRequestTypeID:                known(w, w.getFile),
		tg.UploadSaveFilePartRequestTypeID:           known(w, w.saveFilePart),
		tg.UploadSaveBigFilePartRequestTypeID:        known(w, w.saveBigFilePart),
	}
}

// request is a pointer to a TL request that decodes itself.
type request[T any] interface {
	*T
	bin.Decoder
}

// open makes a handler of a method that needs no login.
func open[T any, R request[T]](f func(*call, R) (bin.Encoder, error)) handler {
	return func(c *call, b *bin.Buffer) (bin.Encoder, error) {
		r := R(new(T))
		if err := r.Decode(b); err != nil {
			return nil, err
		}
		if b.Len() != 0 {
			return nil, refuse(400, "INPUT_REQUEST_TOO_LONG")
		}
		return f(c, r)
	}
}

// known makes a handler of a method for bots that are logged in, at any DC.
func known[T any, R request[T]](w *world, f func(*call, R) (bin.Encoder, error)) handler {
	return member(w, open[T, R](f), func(*call, bot) error { return nil })
}

// home makes a handler of a method that a bot finds at its own DC only: a login
// that was brought to another one serves files, and so does a media_only address.
func home[T any, R request[T]](w *world, f func(*call, R) (bin.Encoder, error)) handler {
	return member(w, open[T, R](f), func(c *call, b bot) error {
		if c.far(b.DC) {
			return refuse(303, fmt.Sprintf("USER_MIGRATE_%d", b.DC))
		}
		return nil
	})
}

func member(w *world, next handler, check func(*call, bot) error) handler {
	return func(c *call, b *bin.Buffer) (bin.Encoder, error) {
		w.mu.Lock()
		bot, ok := w.db.bots.rows[c.account]
		w.mu.Unlock()
		if !ok || bot.Revoked {
			return nil, refuse(401, "AUTH_KEY_UNREGISTERED")
		}
		if err := check(c, bot); err != nil {
			return nil, err
		}
		return next(c, b)
	}
}

// far says whether the call came to another place than the DC's main address.
func (c *call) far(dc int) bool { return c.dc != dc || c.conn != nil && c.conn.media }

// away says whether the call's bot lives elsewhere: no session there is told of
// updates.
func (s *Server) away(c *call) bool {
	if s.world == nil || c.account == 0 {
		return c.conn.media
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	return c.far(s.world.db.bots.rows[c.account].DC)
}

package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// methods are the calls that this Telegram knows. What is missing here is answered
// 400 NOT_IMPLEMENTED by the wire.
func (w *world) methods() map[uint32]handler {
	return map[uint32]handler{
		tg.AuthImportBotAuthorizationRequestTypeID: open(w.importBot),
		tg.AuthImportAuthorizationRequestTypeID:    open(w.importAuthorization),
		tg.HelpGetConfigRequestTypeID:              open(w.getConfig),
		tg.HelpGetNearestDCRequestTypeID:           open(w.getNearestDC),

		tg.AuthExportAuthorizationRequestTypeID:      known(w, w.exportAuthorization),
		tg.AuthLogOutRequestTypeID:                   known(w, w.logOut),
		tg.UsersGetUsersRequestTypeID:                known(w, w.getUsers),
		tg.UsersGetFullUserRequestTypeID:             known(w, w.getFullUser),
		tg.UpdatesGetStateRequestTypeID:              known(w, w.getState),
		tg.UpdatesGetDifferenceRequestTypeID:         known(w, w.getDifference),
		tg.UpdatesGetChannelDifferenceRequestTypeID:  known(w, w.getChannelDifference),
		tg.ChannelsGetChannelsRequestTypeID:          known(w, w.getChannels),
		tg.ChannelsGetFullChannelRequestTypeID:       known(w, w.getFullChannel),
		tg.ChannelsGetMessagesRequestTypeID:          known(w, w.getChannelMessages),
		tg.ChannelsDeleteMessagesRequestTypeID:       known(w, w.deleteChannelMessages),
		tg.MessagesGetMessagesRequestTypeID:          known(w, w.getMessages),
		tg.MessagesDeleteMessagesRequestTypeID:       known(w, w.deleteMessages),
		tg.MessagesForwardMessagesRequestTypeID:      known(w, w.forwardMessages),
		tg.MessagesSendMessageRequestTypeID:          known(w, w.sendMessage),
		tg.MessagesSendMediaRequestTypeID:            known(w, w.sendMedia),
		tg.MessagesEditMessageRequestTypeID:          known(w, w.editMessage),
		tg.MessagesSetBotCallbackAnswerRequestTypeID: known(w, w.setBotCallbackAnswer),
		tg.BotsSetBotCommandsRequestTypeID:           known(w, w.setBotCommands),
		tg.BotsGetBotCommandsRequestTypeID:           known(w, w.getBotCommands),
		tg.BotsResetBotCommandsRequestTypeID:         known(w, w.resetBotCommands),
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
		return f(c, r)
	}
}

// known makes a handler of a method for bots that are logged in.
func known[T any, R request[T]](w *world, f func(*call, R) (bin.Encoder, error)) handler {
	decoded := open[T, R](f)
	return func(c *call, b *bin.Buffer) (bin.Encoder, error) {
		w.mu.Lock()
		bot, ok := w.db.bots.rows[c.account]
		w.mu.Unlock()
		if !ok || bot.Revoked {
			return nil, refuse(401, "AUTH_KEY_UNREGISTERED")
		}
		return decoded(c, b)
	}
}

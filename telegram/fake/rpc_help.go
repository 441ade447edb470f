package fake

import (
	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// getConfig has the limits of the real server as of 2024; clients judge some of
// them (a stickers_recent_limit of 0 is "wrong" to TDLib).
func (w *world) getConfig(c *call, _ *tg.HelpGetConfigRequest) (bin.Encoder, error) {
	now := int(w.now().Unix())
	t := &tg.Config{
		Date: now, Expires: now + 3600, ThisDC: c.dc, DCOptions: w.addresses(), DCTxtDomainName: "apv3.stel.com",
		ChatSizeMax: 200, MegagroupSizeMax: 200000, ForwardedCountMax: 100,
		OnlineUpdatePeriodMs: 210000, OfflineBlurTimeoutMs: 5000, OfflineIdleTimeoutMs: 30000, OnlineCloudTimeoutMs: 300000,
		NotifyCloudDelayMs: 30000, NotifyDefaultDelayMs: 1500, PushChatPeriodMs: 60000, PushChatLimit: 2,
		EditTimeLimit: 172800, RevokeTimeLimit: 2147483647, RevokePmTimeLimit: 2147483647, RevokePmInbox: true,
		RatingEDecay: 2419200, StickersRecentLimit: 200, ChannelsReadMediaPeriod: 604800,
		CallReceiveTimeoutMs: 20000, CallRingTimeoutMs: 90000, CallConnectTimeoutMs: 30000, CallPacketTimeoutMs: 10000,
		MeURLPrefix: "https://t.me/", CaptionLengthMax: maxCaption, MessageLengthMax: maxText, WebfileDCID: w.dcs[0],
	}
	return t, nil
}

func (w *world) getNearestDC(c *call, _ *tg.HelpGetNearestDCRequest) (bin.Encoder, error) {
	return &tg.NearestDC{Country: "NL", ThisDC: c.dc, NearestDC: w.dcs[0]}, nil
}

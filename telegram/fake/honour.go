package fake

import "github.com/gotd/td/bin"

// errNotBuilt refuses what this Telegram does not have: a made-up success would
// hide that it was ignored.
var errNotBuilt = refuse(400, "NOT_IMPLEMENTED")

// The optional fields of requests, by their bits, that are honoured here or whose
// neglect nobody can see: no_webpage (no previews are made), background,
// clear_draft, update_stickersets_order, allow_paid_floodskip, with_my_score (no
// games), nosound_video (nothing becomes an animation), query (for statistics).
var (
	messageHonours = []int{0, 1, 2, 3, 5, 6, 7, 14, 15, 19} // sendMessage
	mediaHonours   = []int{0, 2, 3, 5, 6, 7, 14, 15, 19}    // sendMedia
	albumHonours   = []int{0, 5, 6, 7, 14, 15, 19}          // sendMultiMedia
	editHonours    = []int{1, 2, 3, 11, 14}                 // editMessage
	forwardHonours = []int{5, 6, 8, 11, 12, 14, 19, 22}     // forwardMessages

	uploadedHonours = []int{2, 3, 4} // inputMediaUploadedDocument: thumb, nosound_video, force_file
	againHonours    = []int{1}       // inputMediaDocument: query
)

// honour refuses a request that has an optional field set but those.
func honour(set bin.Fields, bits ...int) error {
	for _, n := range bits {
		set.Unset(n)
	}
	if set != 0 {
		return errNotBuilt
	}
	return nil
}

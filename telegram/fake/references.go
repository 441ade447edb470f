package fake

import (
	"bytes"
	"encoding/binary"
	"time"
)

// holding is one account's hold on one file.
type holding struct {
	Account  int64 `json:"account"`
	Document int64 `json:"document"`
}

// A file_reference has 25 bytes as the real one: 1 where the file was seen, 4
// epoch, 4 unix time of issue, 16 of a MAC over these, account and file. An epoch
// begins with each order to expire references, so that "all until now" is exact
// within a second.

const referenceSize = 25

// Where a reference was issued; one from the channel is good for those in it.
const (
	seenInChannel = 1
	seenInPrivate = 2
)

// reference issues account's reference to a file that it sees in a box.
func (w *world) reference(account, document, boxID int64) []byte {
	if h := (holding{account, document}); !w.db.issued.rows[h] {
		w.db.issued.put(h, true) // written down with the next change: it only counts
	}
	where := byte(seenInPrivate)
	if w.isChannel(boxID) {
		where = seenInChannel
	}
	return w.sign(account, document, where, uint32(w.db.counters.rows["epoch"]), uint32(w.now().Unix()))
}

func (w *world) sign(account, document int64, where byte, epoch, issued uint32) []byte {
	b := make([]byte, 9, referenceSize)
	b[0] = where
	binary.BigEndian.PutUint32(b[1:], epoch)
	binary.BigEndian.PutUint32(b[5:], issued)
	return append(b, w.secret("reference", account, document, where, epoch, issued)[:referenceSize-9]...)
}

// checkReference judges a reference as upload.getFile does.
func (w *world) checkReference(account, document int64, ref []byte) error {
	if len(ref) == 0 {
		return refuse(400, "FILE_REFERENCE_EMPTY")
	}
	if len(ref) != referenceSize {
		return refuse(400, "FILE_REFERENCE_INVALID")
	}
	epoch, issued := binary.BigEndian.Uint32(ref[1:]), binary.BigEndian.Uint32(ref[5:])
	if !bytes.Equal(ref, w.sign(account, document, ref[0], epoch, issued)) {
		return refuse(400, "FILE_REFERENCE_INVALID")
	}
	for _, h := range []holding{{account, document}, {account, 0}, {0, document}, {0, 0}} {
		if epoch < w.db.expired.rows[h] {
			return refuse(400, "FILE_REFERENCE_EXPIRED")
		}
	}
	if w.now().Sub(time.Unix(int64(issued), 0)) >= time.Duration(w.rules().ReferenceTTL) {
		return refuse(400, "FILE_REFERENCE_EXPIRED")
	}
	if ref[0] == seenInChannel && w.db.bots.rows[account].ChannelRole == roleNone {
		return refuse(400, "CHANNEL_PRIVATE")
	}
	return nil
}

// expireReferences ends every reference issued until now, of one account or one
// file or (0) of all. It counts the pairs of account and file that it hit.
func (w *world) expireReferences(account, document int64) (int, error) {
	n := 0
	err := w.change(func() error {
		if account != 0 && w.db.bots.rows[account].ID == 0 {
			return notFound("bot")
		}
		if document != 0 && w.db.documents.rows[document].ID == 0 {
			return notFound("document")
		}
		w.db.expired.put(holding{account, document}, uint32(w.next("epoch")))
		for h := range w.db.issued.rows {
			if (account == 0 || h.Account == account) && (document == 0 || h.Document == document) {
				w.db.issued.drop(h)
				n++
			}
		}
		return nil
	})
	return n, err
}

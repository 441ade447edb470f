package bot

import (
	"crypto/sha256"
	"encoding/binary"
)

// randomID derives Telegram's random_id from the update that caused a call, so
// that a repeated update repeats the call instead of doubling its effect. It is
// never 0.
func randomID(purpose string, chat int64, message int32) int64 {
	b := append([]byte(purpose), 0)
	b = binary.BigEndian.AppendUint64(b, uint64(chat))
	b = binary.BigEndian.AppendUint32(b, uint32(message))
	sum := sha256.Sum256(b)
	return int64(binary.BigEndian.Uint64(sum[:8]) | 1)
}

package bot

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"time"
)

const (
	// strangerPause is how long a stranger's further /start stays unanswered.
	strangerPause = 10 * time.Minute
	// guessesPerUser wrong login codes per guessWindow: with 100 live codes a
	// guesser has 5·10⁻⁴ to hit one.
	guessesPerUser = 5
	guessWindow    = 10 * time.Minute
	// keyLife is how long the link of /web opens.
	keyLife = 60 * time.Second
	// retryFirst and retryMost bound the pause after a failure that may heal.
	retryFirst = time.Second
	retryMost  = time.Minute
	// triesMost is how often an update that time does not heal is tried.
	triesMost = 5
	// textMost is the longest message that Telegram takes, in UTF-16 units.
	textMost = 4096
	// pressesAtOnce bounds the buttons handled in parallel; each takes one or two
	// calls to Telegram.
	pressesAtOnce = 8
	// recentFiles is how many files /myfiles shows.
	recentFiles = 10
)

func (o *Options) setDefaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = func(b []byte) { rand.Read(b) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.WebBase = strings.TrimSuffix(o.WebBase, "/")
}

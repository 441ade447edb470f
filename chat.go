package teleplay

import "time"

// Person is a Telegram account as an update shows it.
type Person struct {
	ID        int64
	Username  string
	FirstName string
	LastName  string
}

// Mark is a place in the main bot's stream of updates. Whoever starts from a
// stored Mark gets everything that came after it, some of it perhaps twice.
type Mark struct {
	PTS, QTS, Date, Seq int
	Channels            map[int64]int `json:",omitempty"` // channel id → pts
	Anew                bool          `json:"-"`          // the count began anew: any earlier Mark is void, a higher one too
}

// Update is a message that a person sent to the bot, or an edit of one. Updates
// come in order; when one is finished its Mark may be stored, not before.
type Update struct {
	From    Person
	Message int32 // id in the bot's private box; with From.ID it names the update for ever. 0: nothing but a Mark
	Edited  bool
	Date    time.Time
	Text    string // of the message, or the caption
	Media   *Media // nil = text only
	Album   int64  // 0 = on its own
	ReplyTo int32
	Locked  bool // forwarding is forbidden by the sender's settings
	Mark    Mark
}

// Press is a button that a person pressed. It lives for seconds and has no Mark:
// one that is lost is pressed again.
type Press struct {
	From    Person
	Query   int64 // to be answered once
	Message int32 // the bot's message that carries the button
	Data    string
}

// MediaKind is how Telegram shows a file.
type MediaKind string

const (
	MediaVideo     MediaKind = "video"
	MediaAudio     MediaKind = "audio"
	MediaVoice     MediaKind = "voice"
	MediaDocument  MediaKind = "document"
	MediaPhoto     MediaKind = "photo"
	MediaAnimation MediaKind = "animation"
	MediaVideoNote MediaKind = "video_note"
)

// Media is a file in a message. Everything but Size, Document and DC comes from
// the sender and is not to be trusted.
type Media struct {
	Kind        MediaKind
	Document    int64 // Telegram's document or photo id, the same for all accounts
	DC          int
	Size        int64
	FileName    string
	MIME        string
	Duration    float64 // seconds
	Width       int
	Height      int
	Title       string
	Performer   string
	Placeholder []byte // tiny JPEG, complete; nil = none
	Thumb       bool   // a larger thumbnail can be fetched
}

// Button is one button under a message: Data comes back as a Press, a URL opens.
type Button struct {
	Text string
	Data string `json:",omitempty"` // ≤ 64 bytes
	URL  string `json:",omitempty"`
}

// Outgoing is a message of the bot. Bold runs and the like are entities, so that
// no text is ever parsed as markup.
type Outgoing struct {
	Text     string
	Entities []Entity   `json:",omitempty"`
	Buttons  [][]Button `json:",omitempty"`
	ReplyTo  int32      `json:",omitempty"`
	// WebLink stands for the message with a one-time link to the web app: its key is
	// made when it is sent, so that no database ever holds it.
	WebLink bool `json:",omitempty"`
}

// Entity formats a run of a message's text. Offset and Length count UTF-16 code
// units (core.telegram.org/api/entities).
type Entity struct {
	Kind   string // bold, italic, code
	Offset int
	Length int
}

// Stored is a file's copy in the storage channel.
type Stored struct {
	Message int32
	Date    time.Time
}

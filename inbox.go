package teleplay

// Upload is a file that the bot has put into the storage channel: everything that
// one commit of the catalog needs.
type Upload struct {
	File     File // without ID, Created, Updated
	Document int64
	DC       int
	Thumb    bool  // a thumbnail can be fetched
	Chat     int64 // the update's private chat and message
	Source   int32
	Random   int64 // of the forward
	Mark     Mark
}

// Answer is a text reply that is owed for an update.
type Answer struct {
	Chat    int64
	Message int32
	Reply   Outgoing
	Mark    Mark
}

// Owed is a reply that was promised in a commit and is not struck off yet.
type Owed struct {
	Chat    int64
	Message int32    // the update's message; its reply's random id derives from both
	File    *File    // the reply is this file's card
	Reply   Outgoing // File == nil
}

// Command is an entry of the bot's menu.
type Command struct {
	Name        string // without the slash
	Description string
}

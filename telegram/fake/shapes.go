package fake

import (
	"encoding/json"
	"fmt"
	"time"
)

// This file has the shapes of the control API that the world takes and gives:
// plain values, ready for encoding/json.

// span is a duration that reads "1.5s" in JSON.
type span time.Duration

func (s span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

func (s *span) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	*s = span(d)
	return err
}

// stamp is a time that reads RFC 3339 UTC with milliseconds in JSON.
type stamp struct{ time.Time }

const stampLayout = "2006-01-02T15:04:05.000Z"

func (s stamp) MarshalJSON() ([]byte, error) {
	return []byte(s.UTC().Format(`"` + stampLayout + `"`)), nil
}

// source says where a file's bytes come from: exactly one of the four.
type source struct {
	Path     string  `json:"path,omitempty"`
	Seed     *uint32 `json:"seed,omitempty"` // synthetic, Size bytes
	Size     int64   `json:"size,omitempty"`
	Blob     string  `json:"blob,omitempty"`
	Document int64   `json:"document_id,string,omitempty"` // the same again
}

// media describes a file that is about to be sent.
type media struct {
	Kind      string   `json:"kind"` // video audio voice document photo animation video_note
	Source    source   `json:"source"`
	FileName  string   `json:"file_name,omitempty"`
	MIME      string   `json:"mime_type,omitempty"`
	Duration  float64  `json:"duration,omitempty"`
	Width     int      `json:"width,omitempty"`
	Height    int      `json:"height,omitempty"`
	Title     string   `json:"title,omitempty"`
	Performer string   `json:"performer,omitempty"`
	Thumb     *source  `json:"thumb,omitempty"`
	Alt       []source `json:"alt,omitempty"` // lower qualities of a video, the best first
	DC        int      `json:"dc,omitempty"`  // 0 = the next in turn
}

// stored describes a file that lies in the fake.
type stored struct {
	Kind     string   `json:"kind"`
	Document int64    `json:"document_id,string"`
	Size     int64    `json:"size"`
	DC       int      `json:"dc"`
	FileName string   `json:"file_name"`
	MIME     string   `json:"mime_type"`
	Duration float64  `json:"duration"`
	Width    int      `json:"width"`
	Height   int      `json:"height"`
	Source   source   `json:"source"`
	Alt      []stored `json:"alt,omitempty"` // lower qualities, the best first
}

// entity formats a run of a text, in UTF-16 code units.
type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url,omitempty"`
	User   int64  `json:"user,omitempty"` // of a text_mention
}

// button is one button of a message's keyboard. Data that is no UTF-8 stands in
// data_base64.
type button struct {
	Text       string `json:"text"`
	Data       string `json:"data,omitempty"`
	DataBase64 []byte `json:"data_base64,omitempty"`
	URL        string `json:"url,omitempty"`
	WebApp     string `json:"web_app,omitempty"`
	Style      string `json:"style,omitempty"` // primary danger success
}

// origin is who wrote a forwarded message first: the number of a user, a bot or a
// channel, or the bare name of somebody who hides the account.
type origin struct {
	Peer int64
	Name string
}

func (o origin) MarshalJSON() ([]byte, error) {
	if o.Peer != 0 {
		return json.Marshal(o.Peer)
	}
	return json.Marshal(o.Name)
}

func (o *origin) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &o.Peer) == nil {
		return nil
	}
	if err := json.Unmarshal(b, &o.Name); err != nil || o.Name == "" {
		return fmt.Errorf("forwarded_from is an id or a name, not %s", b)
	}
	return nil
}

// messageView is a message of a private chat as its user sees it.
type messageView struct {
	ID            int32      `json:"id"`
	Rev           int64      `json:"rev"`
	Date          stamp      `json:"date"`
	Edited        *stamp     `json:"edited,omitempty"`
	From          int64      `json:"from"`
	Text          string     `json:"text"`
	Entities      []entity   `json:"entities"`
	ReplyTo       int32      `json:"reply_to,omitempty"`
	Grouped       int64      `json:"grouped_id,string,omitempty"`
	ForwardedFrom *origin    `json:"forwarded_from,omitempty"`
	Protected     bool       `json:"protected,omitempty"` // nobody may forward it
	Media         *stored    `json:"media,omitempty"`
	Buttons       [][]button `json:"buttons"`
}

// postView is a message of the storage channel.
type postView struct {
	messageView
	PostedBy      int64 `json:"posted_by"` // a bot's id, 0 = the owner
	Random        int64 `json:"random_id,string"`
	ForwardHeader bool  `json:"forward_header"`
}

// item is one file of an album or of a list of posts.
type item struct {
	Media *media `json:"media"`
	Text  string `json:"text,omitempty"`
}

// letter is what a user sends to a bot: a text, a file or an album.
type letter struct {
	Text          string  `json:"text,omitempty"`
	Media         *media  `json:"media,omitempty"`
	Album         []item  `json:"album,omitempty"`
	ReplyTo       int32   `json:"reply_to,omitempty"`
	ForwardedFrom *origin `json:"forwarded_from,omitempty"`
	Protected     bool    `json:"protected,omitempty"`
}

// sentView answers a letter.
type sentView struct {
	Messages []messageView `json:"messages"`
	Rev      int64         `json:"rev"`
}

// chatView is what changed in a private chat since a revision.
type chatView struct {
	Rev      int64         `json:"rev"`
	Messages []messageView `json:"messages"`
	Deleted  []int32       `json:"deleted"`
	Answers  []answerView  `json:"answers"`
	Blocked  bool          `json:"blocked,omitempty"` // the user has blocked the bot
}

// answerView is a bot's answer to a press, as the user sees it.
type answerView struct {
	Query     int64  `json:"query_id,string"`
	Message   int32  `json:"message_id"`
	Data      string `json:"data"`
	Text      string `json:"text"`
	Alert     bool   `json:"alert"`
	URL       string `json:"url"`
	CacheTime int    `json:"cache_time"`
	Date      stamp  `json:"date"`
}

// press names a button: by its text, by its data, or by row and column (from 0).
type press struct {
	Message int32   `json:"message_id"`
	Text    *string `json:"text,omitempty"`
	Data    *string `json:"data,omitempty"`
	Row     *int    `json:"row,omitempty"`
	Column  *int    `json:"column,omitempty"`
	Wait    span    `json:"wait,omitempty"` // for the bot's answer
}

// pressView is what came of a press. URL alone is set for a button that opens one.
type pressView struct {
	Query    int64        `json:"query_id,string,omitempty"`
	Answered *bool        `json:"answered,omitempty"`
	Answer   *pressAnswer `json:"answer,omitempty"`
	URL      string       `json:"url,omitempty"`
}

type pressAnswer struct {
	Text      string `json:"text"`
	Alert     bool   `json:"alert"`
	URL       string `json:"url"`
	CacheTime int    `json:"cache_time"`
}

// channelView is the storage channel.
type channelView struct {
	ID        int64  `json:"id"`
	Peer      int64  `json:"peer_id"` // the Bot API's form, -100…
	Title     string `json:"title"`
	Protected bool   `json:"protected"`
}

// channelPage is a page of the channel's messages.
type channelPage struct {
	Messages []postView `json:"messages"`
	LastID   int32      `json:"last_id"`
}

// blobView is a blob that was put.
type blobView struct {
	Blob   string `json:"blob"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// settings are the world's rules that a test may bend.
type settings struct {
	ReferenceTTL      span   `json:"reference_ttl"`
	RandomIDDuplicate string `json:"random_id_duplicate"` // error, repeat
	AckAfter          span   `json:"ack_after"`
	QueryLife         span   `json:"query_life"`
	DifferenceSlice   int    `json:"difference_slice"`
	DifferenceTooLong bool   `json:"difference_too_long"`
	ExportToOwnDC     string `json:"export_to_own_dc"` // error, allow
}

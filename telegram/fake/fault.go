package fake

import (
	"regexp"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
)

// fault is what goes wrong with some calls, in the shape of POST /faults.
type fault struct {
	ID   int64 `json:"id"`
	Hits int64 `json:"hits"`
	faultSpec

	calls int64 // that fit, while it was alive
	until time.Time
}

// faultSpec is a fault as it was ordered.
type faultSpec struct {
	Method string `json:"method"` // "*" = every call
	filter
	Document    int64    `json:"document_id,string,omitempty"`
	Offset      []int64  `json:"offset,omitempty"` // [from, to] of a getFile's own offset, both included
	Nth         int64    `json:"nth,omitempty"`
	Every       int64    `json:"every,omitempty"`
	Probability *float64 `json:"probability,omitempty"`
	Count       *int64   `json:"count,omitempty"` // hits; nil = 1, 0 = no end
	For         span     `json:"for,omitempty"`
	Executed    bool     `json:"executed,omitempty"` // the call takes effect all the same
	Do          *deed    `json:"do"`
}

// deed is what a fault does: one thing at most.
type deed struct {
	Error       *deedError `json:"error,omitempty"`
	Drop        *bool      `json:"drop,omitempty"`
	Short       *int       `json:"short,omitempty"`
	Long        *int       `json:"long,omitempty"`
	Twice       *bool      `json:"twice,omitempty"`
	Reset       *bool      `json:"reset,omitempty"`
	ResetAfter  *int64     `json:"reset_after,omitempty"`
	Stall       *span      `json:"stall,omitempty"`
	Transport   *int32     `json:"transport,omitempty"`
	CDNRedirect *bool      `json:"cdn_redirect,omitempty"`
	Delay       span       `json:"delay,omitempty"` // before it
}

type deedError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

const (
	anyMethod  = "*"
	pingMethod = "ping" // ping and ping_delay_disconnect; "*" has neither
	fileMethod = "upload.getFile"
)

var errorText = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// maxFault is the longest duration and the most bytes that a fault deals with.
const (
	maxFaultTime  = 24 * time.Hour
	maxFaultBytes = 1 << 20
)

// check judges a fault but for its method's name.
func (f *faultSpec) check() error {
	given := 0
	for _, is := range []bool{f.Nth != 0, f.Every != 0, f.Probability != nil} {
		if is {
			given++
		}
	}
	switch {
	case f.Method == "":
		return invalid(`method is a method's name, "*" or "ping"`)
	case f.Do == nil:
		return invalid("do is missing: it says what happens to the call")
	case given > 1:
		return invalid("nth, every and probability exclude each other")
	case f.Nth < 0 || f.Every < 0:
		return invalid("nth and every are 1 or more")
	case f.Probability != nil && (*f.Probability <= 0 || *f.Probability > 1):
		return invalid("probability is above 0 and at most 1")
	case f.Nth != 0 && f.Count != nil:
		return invalid("nth is one call: it takes no count")
	case f.Count != nil && *f.Count < 0:
		return invalid("count is 0 or more")
	case f.For < 0 || f.For > span(maxFaultTime) || f.Do.Delay < 0 || f.Do.Delay > span(maxFaultTime):
		return invalid("for and delay are durations up to 24h")
	case f.Offset != nil && (len(f.Offset) != 2 || f.Offset[0] < 0 || f.Offset[1] < f.Offset[0]):
		return invalid("offset is [from, to]")
	case f.ofFiles() && f.Method != fileMethod && (f.Method != anyMethod || f.Do.ofFiles()):
		return invalid("document_id, offset, short, long and cdn_redirect are of %s", fileMethod)
	case f.Method == pingMethod && !f.Do.ofPings():
		return invalid("a ping takes drop, reset, reset_after, stall or transport, without a delay")
	}
	return f.Do.check()
}

func (f *faultSpec) ofFiles() bool { return f.Document != 0 || f.Offset != nil || f.Do.ofFiles() }

func (d *deed) ofFiles() bool { return d.Short != nil || d.Long != nil || d.CDNRedirect != nil }

func (d *deed) ofPings() bool {
	return d.Delay == 0 && (d.Drop != nil || d.Reset != nil || d.ResetAfter != nil || d.Stall != nil || d.Transport != nil)
}

func (d *deed) check() error {
	given := 0
	for _, is := range []bool{d.Error != nil, d.Drop != nil, d.Short != nil, d.Long != nil, d.Twice != nil, d.Reset != nil,
		d.ResetAfter != nil, d.Stall != nil, d.Transport != nil, d.CDNRedirect != nil} {
		if is {
			given++
		}
	}
	if given > 1 {
		return invalid("do has %d actions; a fault does one thing", given)
	}
	for _, is := range []*bool{d.Drop, d.Twice, d.Reset, d.CDNRedirect} {
		if is != nil && !*is {
			return invalid("drop, twice, reset and cdn_redirect are true or not given")
		}
	}
	for _, n := range []*int{d.Short, d.Long} {
		if n != nil && (*n < 1 || *n > maxFaultBytes) {
			return invalid("short and long are from 1 to %d bytes", maxFaultBytes)
		}
	}
	switch {
	case d.Error != nil && (d.Error.Code < 1 || !errorText.MatchString(d.Error.Message)):
		return invalid(`error is like {"code":500,"message":"RPC_CALL_FAIL"}`)
	case d.ResetAfter != nil && *d.ResetAfter < 0:
		return invalid("reset_after is 0 bytes or more")
	case d.Stall != nil && (*d.Stall <= 0 || *d.Stall > span(maxFaultTime)):
		return invalid("stall is a positive duration up to 24h")
	case d.Transport != nil && (*d.Transport >= 0 || *d.Transport < -999):
		return invalid("transport is an error from -1 to -999")
	}
	return nil
}

// runs says whether the call takes effect: because the fault wants it so, or
// because there would be nothing to do it to.
func (f *faultSpec) runs() bool {
	d := f.Do
	return f.Executed || d.Short != nil || d.Long != nil || d.Twice != nil || d.ResetAfter != nil || *d == deed{Delay: d.Delay}
}

// keepsOut says whether the call is as if it had not come: the connection broke
// before the server took it.
func (f *faultSpec) keepsOut() bool {
	d := f.Do
	return !f.runs() && (d.Reset != nil || d.Stall != nil || d.Transport != nil)
}

// fits says whether a call is of those that the fault is about.
func (f *faultSpec) fits(k *call, account int64, method string, a *callArgs) bool {
	if f.Method != method && (f.Method != anyMethod || method == pingMethod) {
		return false
	}
	if f.Document != 0 && (a == nil || a.Document != f.Document) {
		return false
	}
	if f.Offset != nil && (a == nil || a.Offset == nil || *a.Offset < f.Offset[0] || *a.Offset > f.Offset[1]) {
		return false
	}
	return f.filter.call(k, account)
}

// call says whether a call matches that is charged to an account.
func (f filter) call(k *call, account int64) bool {
	c := k.conn
	return is(f.Account, account) && is(f.DC, c.dc) && is(f.Place, c.place) && is(f.Connection, c.id) &&
		(f.Key == nil || *f.Key == hexID(k.key.key.IntID())) && (f.Session == nil || *f.Session == hexID(k.session))
}

// stretched makes the bytes of a file fewer or more; anything else stays.
func stretched(answer bin.Encoder, n int) bin.Encoder {
	switch f := answer.(type) {
	case *filePart:
		g := *f
		g.size, g.surplus = max(g.size+min(n, 0), 0), max(n, 0)
		return &g
	case *tg.UploadFile:
		g := *f
		g.Bytes = append(g.Bytes[:max(len(g.Bytes)+min(n, 0), 0):len(g.Bytes)], make([]byte, max(n, 0))...)
		return &g
	}
	return answer
}

// elsewhere is the answer that sends a client to a CDN.
func elsewhere() bin.Encoder {
	return &tg.UploadFileCDNRedirect{DCID: 203, FileToken: make([]byte, 32), EncryptionKey: make([]byte, 32), EncryptionIv: make([]byte, 16)}
}

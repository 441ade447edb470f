package teleplay

import "time"

// CodeKind says who may poll a login code.
type CodeKind string

const (
	DeviceCode CodeKind = "device" // by its secret device_code
	BareCode   CodeKind = "bare"   // by the code itself, from the address and User-Agent that made it
)

// CodeState is where a login code stands: waiting → asked → approved → spent, or
// refused, or expired.
type CodeState string

const (
	CodeWaiting  CodeState = "waiting"
	CodeAsked    CodeState = "asked"
	CodeApproved CodeState = "approved"
	CodeSpent    CodeState = "spent"
	CodeRefused  CodeState = "refused"
	CodeExpired  CodeState = "expired"
)

// LoginCode is one try of a device to log in.
type LoginCode struct {
	ID         int32
	Code       string // six digits, unique while live
	Kind       CodeKind
	DeviceHash []byte // SHA-256 of the device_code; nil for BareCode
	Address    string // IPv4, or the /64 of an IPv6 address
	KnownPlace bool   // filled when claimed: the claimer has had a session from this address
	UserAgent  string
	DeviceName string // plain text, ≤ 64 characters
	Client     string
	Match      int   // the number that the device shows, 10–99; 0 for BareCode
	User       int32 // who claimed it; 0 while waiting
	State      CodeState
	Expires    time.Time
}

// Session is one login of one user on one device.
type Session struct {
	ID         int32
	User       int32
	Salt       []byte      // 32 random bytes of this session's refresh tokens
	Generation int         // of the refresh token that is good now
	Hash       []byte      // SHA-256 of that token
	Rotated    []time.Time // when the last generations were rotated out, newest first
	DeviceName string
	Client     string
	Address    string
	Kind       CodeKind // how it came to be; "" for a web link
	Created    time.Time
	LastSeen   time.Time
	Expires    time.Time
	Revoked    time.Time // zero = alive
}

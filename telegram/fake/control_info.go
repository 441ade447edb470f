package fake

import (
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/gotd/td/crypto"
)

// infoView is GET /info: all that a client needs to find its way.
type infoView struct {
	Version   string        `json:"version"`
	Seed      uint64        `json:"seed"`
	Time      stamp         `json:"time"`
	HomeDC    int           `json:"home_dc"`
	DCs       []address     `json:"dcs"`
	PublicKey string        `json:"public_key_pem"`
	Bots      []bot         `json:"bots"`
	Users     []user        `json:"users"`
	Channels  []channelView `json:"channels"`
}

// infoRoutes are GET /info and POST /keys: what a process needs to log in, or to
// be logged in already.
func (s *Server) infoRoutes(mux *http.ServeMux) {
	mux.Handle("GET /v1/info", s.ok(func(*http.Request) (any, error) {
		return infoView{
			Version: version(), Seed: s.opt.Seed, Time: stamp{s.opt.Now()}, HomeDC: s.opt.DCs[0], DCs: s.addressList(),
			PublicKey: string(s.PublicKeyPEM()), Bots: s.world.bots(), Users: s.world.users(), Channels: s.world.channels(),
		}, nil
	}))
	mux.Handle("POST /v1/keys", s.created(func(r *http.Request) (any, error) {
		want, err := decode[struct {
			Account int64 `json:"account"`
			DC      int   `json:"dc"`
		}](r)
		if err != nil {
			return nil, err
		}
		value, salt, err := s.Key(want.Account, want.DC)
		if err != nil {
			return nil, err
		}
		id := crypto.Key(value).WithID().IntID()
		return keyView{Key: value[:], ID: hexID(id), Salt: strconv.FormatInt(salt, 10)}, nil
	}))
}

// keyView is an auth key that is logged in, for a client's key store.
type keyView struct {
	Key  []byte `json:"auth_key"` // 256 bytes, base64 in JSON
	ID   string `json:"auth_key_id"`
	Salt string `json:"salt"` // decimal
}

func version() string {
	if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
		return b.Main.Version
	}
	return "(devel)"
}

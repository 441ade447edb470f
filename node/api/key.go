package api

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
)

// key is what one JWT_SECRET becomes: a key per kind of token, so that no kind
// passes as another, and the kid that names it in public.
type key struct {
	id      string
	access  []byte
	refresh []byte
}

// keyring is the local map that a token's kid picks from. The first key signs.
type keyring []key

func newKeyring(secrets ...[]byte) keyring {
	var ring keyring
	for _, secret := range secrets {
		if len(secret) == 0 {
			continue
		}
		ring = append(ring, key{
			id:      base64.RawURLEncoding.EncodeToString(derive(secret, "kid/1", 6)),
			access:  derive(secret, "access/1", 32),
			refresh: derive(secret, "refresh/1", 32),
		})
	}
	return ring
}

func (r keyring) find(id string) (key, bool) {
	for _, k := range r {
		if k.id == id {
			return k, true
		}
	}
	return key{}, false
}

func derive(secret []byte, label string, n int) []byte {
	b, err := hkdf.Key(sha256.New, secret, nil, "teleplay "+label, n)
	if err != nil {
		panic(err) // n is a constant far below HKDF's limit
	}
	return b
}

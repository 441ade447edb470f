package api

import (
	"errors"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/teleplay/teleplay"
)

const (
	accessType     = "at+jwt"
	accessAudience = "teleplay-api"
	// leeway is how far clocks of nodes may be apart.
	leeway = 60 * time.Second
)

// claims is what an access token says.
type claims struct {
	jwt.RegisteredClaims
	Session int32 `json:"sid"`
	Version int   `json:"ver"`
}

// accessToken makes the token of a session.
func (a *API) accessToken(user teleplay.User, session int32) (string, error) {
	if len(a.keys) == 0 {
		return "", errors.New("no JWT secret")
	}
	now := a.o.Now()
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject:   strconv.Itoa(int(user.ID)),
			Audience:  jwt.ClaimStrings{accessAudience},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(a.o.AccessLife)),
		},
		Session: session,
		Version: user.Version,
	})
	t.Header["typ"] = accessType
	t.Header["kid"] = a.keys[0].id
	return t.SignedString(a.keys[0].access)
}

// readAccess checks a token's form, signature, audience and time. With
// errExpired the claims are good but old; with any other error they are nothing.
func (a *API) readAccess(token string) (user int32, c claims, err error) {
	_, err = jwt.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) {
		if typ, _ := t.Header["typ"].(string); typ != accessType {
			return nil, errNoLogin
		}
		kid, _ := t.Header["kid"].(string)
		k, ok := a.keys.find(kid)
		if !ok {
			return nil, errNoLogin
		}
		return k.access, nil
	},
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience(accessAudience), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(a.o.Now))
	// Claims are checked after the signature, and all of them: "expired" may come
	// together with a wrong audience.
	if err != nil && (!errors.Is(err, jwt.ErrTokenExpired) || errors.Is(err, jwt.ErrTokenInvalidAudience) ||
		errors.Is(err, jwt.ErrTokenNotValidYet) || errors.Is(err, jwt.ErrTokenUsedBeforeIssued)) {
		return 0, claims{}, errNoLogin
	}
	id, ok := parseID(c.Subject)
	if !ok || id == 0 || c.Session <= 0 {
		return 0, claims{}, errNoLogin
	}
	if err != nil {
		return id, c, errExpired
	}
	return id, c, nil
}

// Package chattokens proves your visitors to the chat. Go 1.18 or newer, nothing to install.
package chattokens

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"
)

// Person is who a token proves. Leave out what you do not know; UserID or Email must be there.
type Person struct {
	UserID string `json:"uid,omitempty"`
	Email  string `json:"email,omitempty"`
	Name   string `json:"name,omitempty"`
}

// UserAuthToken proves exactly the userId and the userEmail that the page sends; "" stands for one it does not send.
func UserAuthToken(secretKey, userID, userEmail string) string {
	return base64.StdEncoding.EncodeToString(sign(secretKey, userID+"\n"+userEmail))
}

// IdentityToken proves a person for a while: a JWT.
func IdentityToken(secretKey string, person Person, issuedAt time.Time, lifetime time.Duration) (string, error) {
	claims, err := json.Marshal(struct {
		Kind string `json:"kind"`
		Person
		IssuedAt int64 `json:"iat"`
		Expires  int64 `json:"exp"`
	}{"USER", person, issuedAt.Unix(), issuedAt.Add(lifetime).Unix()})
	base64url := base64.RawURLEncoding.EncodeToString
	signed := base64url([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64url(claims)
	return signed + "." + base64url(sign(secretKey, signed)), err
}

func sign(secretKey, message string) []byte {
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(message))
	return mac.Sum(nil)
}

package telegram

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// hidden is how a secret prints.
const hidden = "***"

// token is a bot's secret, "7000001:abc…". It never prints.
type token string

func (token) String() string       { return hidden }
func (token) GoString() string     { return hidden }
func (token) LogValue() slog.Value { return slog.StringValue(hidden) }

// bot is the account's id, the token's first half.
func (t token) bot() (int64, error) {
	id, _, ok := strings.Cut(string(t), ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil || n <= 0 {
		return 0, fmt.Errorf("a bot token looks like 123456:ABC-DEF")
	}
	return n, nil
}

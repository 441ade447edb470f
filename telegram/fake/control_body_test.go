package fake

import (
	"net/http"
	"strings"
	"testing"
)

// TestNamesToTheLetter: a field in another case is unknown, at whatever depth, and
// what is wrong with a value is said in the API's words.
func TestNamesToTheLetter(t *testing.T) {
	w := served(t)
	for _, test := range []struct{ method, path, body, says string }{
		{"PATCH", "/limits", `{"Send":{"chat":1}}`, `unknown field \"Send\"`},
		{"PATCH", "/limits", `{"send":{"Chat":null}}`, `unknown field \"send.Chat\"`},
		{"PATCH", "/limits", `{"send":{"chat":"1"}}`, `send.chat must be a number, not a string`},
		{"PATCH", "/settings", `{"Reference_TTL":"1s"}`, `unknown field \"Reference_TTL\"`},
		{"PATCH", "/settings", `{"reference_ttl":5}`, `reference_ttl must be a duration like \"1.5s\", not number`},
		{"PATCH", "/settings", `{"reference_ttl":"soon"}`, `call takes: invalid duration \"soon\", which is like \"1.5s\"`},
		{"PATCH", "/network", `{"accounts":{"7000001":{"RTT":"1s"}}}`, `unknown field \"accounts.7000001.RTT\"`},
		{"POST", "/faults", `{"method":"*","Account":7000001,"do":{}}`, `unknown field \"Account\"`},
		{"POST", "/faults", `{"method":"*","do":{"Drop":true}}`, `unknown field \"do.Drop\"`},
		{"POST", "/faults", `{"method":"*","document_id":7,"do":{}}`, `ids are decimal strings, like \"42\"`},
		{"POST", "/faults", `{"method":"*","do":true}`, `do must be an object, not bool`},
		{"POST", "/faults", `{"method":"*","count":1.5,"do":{}}`, `count must be a whole number, not number 1.5`},
		{"POST", "/connections/reset", `{"DC":2}`, `unknown field \"DC\"`},
		{"POST", "/connections/reset", `[]`, `the body must be an object, not an array`},
		{"POST", "/channels/1700000001/messages", `{"items":[{"Media":{}}]}`, `unknown field \"items.Media\"`},
		{"POST", "/channels/1700000001/messages", `{"items":7}`, `items must be a list, not number`},
	} {
		got := w.control(test.method, test.path, test.body, http.StatusBadRequest)
		if !strings.Contains(got, `"bad_request"`) || !strings.Contains(got, test.says) || strings.Contains(got, "Go ") {
			t.Errorf("%s %s: %s", test.path, test.body, got)
		}
	}
}

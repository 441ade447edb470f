package fake

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

// ownJudges are what no client of others looks at, each with the tests of our own
// that judge it.
var ownJudges = []struct {
	what  string
	tests []string
}{
	{"salts: greeting, bad_server_salt 48, future salts, change over time", []string{"TestNewSession", "TestBadSalt", "TestService", "TestSalts"}},
	{"a msg_id that comes again runs nothing again", []string{"TestTwice", "TestRepeated", "TestDestroyedSession"}},
	{"an answer that got lost is sent again, the same", []string{"TestAnswerOnNewConnection", "TestDropAnswer"}},
	{"acknowledgments of late answers, and when", []string{"TestLateAnswer", "TestAckTime", "TestAckWhileWorldIsBusy"}},
	{"bad_msg_notification 16 and 17, and to the millisecond", []string{"TestBadMessageID", "TestTimely"}},
	{"bad_msg_notification 18–20, 32–35, 64", []string{"TestBadMessageID", "TestBadSeqno", "TestContainerRules", "TestHistoryRefuses", "TestHistoryIsBounded"}},
	{"albums: in, copied, sent, refused", []string{"TestAlbumComesAndGoes", "TestSendAlbum", "TestSendAlbumRefused"}},
	{"order of answers: side by side, as they end, a big one first", []string{"TestOrder", "TestQueriesAtOnce", "TestBigAnswerFirst", "TestInvokeAfter"}},
	{"times of answers: distance, rate, a share of an account's rate", []string{"TestBytesFlow", "TestThink", "TestJitter", "TestAccountRate"}},
	{"AUTH_KEY_DUPLICATED: a key that is used from two hosts", []string{"TestDuplicatedKey", "TestLoginByADeadKey"}},
	{"limits of logins", []string{"TestLoginLimit", "TestLoginFlood"}},
	{"limits of sending", []string{"TestSendLimits", "TestSendFlood"}},
	{"limits of connections", []string{"TestConnectionsPerAccount"}},
	{"limits of rate, by calls and by bytes", []string{"TestCallRate", "TestByteRate"}},
}

// TestOwnJudges: every test of the table exists.
func TestOwnJudges(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				there[f.Name.Name] = true
			}
		}
	}
	for _, j := range ownJudges {
		for _, name := range j.tests {
			if !there[name] {
				t.Errorf("%s: there is no %s", j.what, name)
			}
		}
	}
}

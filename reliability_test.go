package teleplay_test

import (
	"go/ast"
	"strings"
	"testing"
)

// reliability are the faults that must do no harm, and the tests that bring them about
// and count: room/Test.
var reliability = map[string][]string{
	"F1 a flood of one bot":        {"telegram/TestAFloodOfOneBot"},
	"F2 floods of all bots":        {"cmd/teleplay/TestAllBotsFlooded", "cmd/teleplay/TestAFloodOverHTTP", "telegram/TestAllBotsFlooded"},
	"F3 references run out":        {"telegram/TestReferencesRunOut"},
	"F4 a login is gone":           {"telegram/TestALoginThatIsRefusedForLong", "telegram/TestDeadKeys"},
	"F5 a key used twice":          {"telegram/TestAKeyUsedTwice", "telegram/TestADeadKeyIsMadeAnewOnce"},
	"F6 a data centre is down":     {"telegram/TestADataCentreThatIsDown", "telegram/TestAFileElsewhere", "cmd/teleplay/TestTelegramIsDown"},
	"F7 a link is half open":       {"telegram/TestAHalfOpenLink", "telegram/TestAHalfOpenIdleLink"},
	"F8 answers without the bytes": {"telegram/TestAnswersWithoutTheBytes"},
	"F9 a message is deleted":      {"telegram/TestAMessageThatIsGone"},
	"F10 files of all sizes": {"telegram/TestFilesOfAllSizes", "telegram/TestFilesOfTwoGiB", "telegram/TestLargestFile",
		"cmd/teleplay/TestStreamsEqualTheOracle", "bot/TestRefusalsSayWhatToDo"},
	"H9 a damaged key store": {"telegram/TestKeysRefuseWhatTheyCannotRead", "cmd/teleplay/TestServeRefusesDamagedKeys"},
}

// TestFaultsHaveTheirTests: the tests of the table exist.
func TestFaultsHaveTheirTests(t *testing.T) {
	tests := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				tests[s.room+"/"+f.Name.Name] = true
			}
		}
	}
	for fault, names := range reliability {
		if len(names) == 0 {
			t.Errorf("%s: no test", fault)
		}
		for _, name := range names {
			if !tests[name] {
				t.Errorf("%s: there is no %s", fault, name)
			}
		}
	}
}

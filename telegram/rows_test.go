package telegram

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"strings"
	"testing"
)

// provoked are the tests that bring each row of the policy about, in the fake where it
// can, and count what follows.
var provoked = map[row][]string{
	rowFlood:      {"TestAFloodOfOneBot", "TestAFloodHalvesTheLanes", "TestAFloodOfLogins", "TestAFloodOfAWrongClock", "TestAFloodOfMessages"},
	rowCrowd:      {"TestTooManyConnections"},
	rowParked:     {"TestAllBotsFlooded", "TestPick"},
	rowReference:  {"TestReferencesRunOut", "TestAFileThatNoReferenceOpens", "TestExpiredReferences"},
	rowMissing:    {"TestAMessageThatIsGone", "TestDeletedMessage"},
	rowMigrate:    {"TestAFileElsewhere", "TestHomeElsewhere", "TestHomeIsForgotten"},
	rowShut:       {"TestABotThatIsNotInTheChannel", "TestStrangerHelper", "TestAChannelThatIsForbidden"},
	rowRight:      {"TestABotThatIsNotInTheChannel", "TestRefusals"},
	rowLogin:      {"TestALoginThatIsRefusedForLong", "TestALoginThatIsGone", "TestOneDeathOneLogin", "TestDeadKeys"},
	rowKey:        {"TestADeadKeyIsMadeAnewOnce", "TestALoginThatIsGone", "TestDeadKeys"},
	rowDuplicated: {"TestAKeyUsedTwice"},
	rowToken:      {"TestWrongTokenAsksForAPerson"},
	rowServer:     {"TestProduction"},
	rowQuestion:   {"TestAQuestionThatIsWrong"},
	rowTrouble:    {"TestTroubleOfTheServer"},
	rowSilence:    {"TestQuestionsWithoutAnAnswer", "TestAPartThatTakesTooLongIsAskedTwice", "TestFewPartsAreAskedTwice", "TestALateAnswerLands", "TestAHalfOpenLink", "TestAHalfOpenIdleLink"},
	rowConnection: {"TestADataCentreThatIsDown", "TestLostConnections", "TestALostConnectionLosesNoUpdate", "TestABacklogAndALostConnection"},
	rowBytes:      {"TestAnswersWithoutTheBytes", "TestTwoBotsSeeAnotherSize"},
	rowClock:      {"TestAClockThatSteps"},
	rowStore:      {"TestKeysThatCannotBeKept"},
	rowMark:       {"TestMarkAheadOfTheBox"},
	rowDone:       {"TestTalk", "TestStore"},
	rowProtected:  {"TestRefusals"},
	rowBlocked:    {"TestRefusals"},
	rowRefused:    {"TestRefusalSpeaksTheRootsWords"},
}

// TestEveryRowIsProvoked: a row without an act or a test, and a test that does not
// exist, are failures.
func TestEveryRowIsProvoked(t *testing.T) {
	tests, rows := map[string]bool{}, map[row]bool{}
	for name, f := range files(t, func(string) bool { return true }) {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				tests[d.Name.Name] = strings.HasSuffix(name, "_test.go")
			case *ast.GenDecl:
				for _, s := range d.Specs {
					v, ok := s.(*ast.ValueSpec)
					if !ok || d.Tok != gotoken.CONST {
						continue
					}
					if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "row" {
						rows[row(strings.Trim(v.Values[0].(*ast.BasicLit).Value, `"`))] = true
					}
				}
			}
		}
	}
	if len(rows) < 20 {
		t.Fatalf("found %d rows", len(rows))
	}
	for r := range rows {
		if _, ok := acts[r]; !ok {
			t.Errorf("%s: no act", r)
		}
		if len(provoked[r]) == 0 {
			t.Errorf("%s: no test", r)
		}
	}
	for r, names := range provoked {
		if !rows[r] {
			t.Errorf("%s is no row", r)
		}
		for _, name := range names {
			if !tests[name] {
				t.Errorf("%s: there is no %s", r, name)
			}
		}
	}
	for _, r := range rules {
		if !rows[r.row] {
			t.Errorf("%s is in no row", r.prefix)
		}
	}
}

// TestOnlyThePolicyReadsErrors: what Telegram said is looked at in policy.go and, to be
// told on, in refusal.go.
func TestOnlyThePolicyReadsErrors(t *testing.T) {
	reads := map[string]bool{"tgerr.As": true, "tgerr.Is": true, "tgerr.AsType": true, "tgerr.IsCode": true, "tgerr.AsFloodWait": true, "tgerr.FloodWait": true}
	for name, f := range files(t, func(name string) bool { return !strings.HasSuffix(name, "_test.go") }) {
		if name == "policy.go" || name == "refusal.go" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && reads[x.Name+"."+s.Sel.Name] {
					t.Errorf("%s: %s.%s is the policy's: ask judge", name, x.Name, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// files are the package's.
func files(t *testing.T, take func(name string) bool) map[string]*ast.File {
	t.Helper()
	list := map[string]*ast.File{}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !take(name) {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		list[name] = f
	}
	if len(list) < 10 {
		t.Fatalf("found %d files", len(list))
	}
	return list
}

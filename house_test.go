package teleplay_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/teleplay/teleplay"

// house is who may import whom: room → rooms of this module that its program code
// may name. A room that is not listed may not exist.
var house = map[string][]string{
	"":              {},
	"cache":         {""},
	"catalog":       {""},
	"telegram":      {"", "telegram/ige"},
	"telegram/fake": {""},
	"telegram/ige":  {},
	"node":          {"", "cache"},
	"bot":           {""},
	"node/api":      {"", "node"},
	"web":           {},
	"cmd/teleplay":  {"", "cache", "catalog", "telegram", "telegram/fake", "node", "node/api", "bot", "web"},
	"cmd/tpbench":   {"", "cache", "telegram", "telegram/fake", "node"},
}

// homes is the one room of each big dependency: everything else goes through it.
var homes = map[string][]string{
	"github.com/gotd/td":            {"telegram", "telegram/fake", "cmd/tpbench"}, // whose measure is gotd's own client
	"github.com/dgraph-io":          {"cache"},
	"modernc.org/sqlite":            {"catalog"},
	"github.com/pressly/goose":      {"catalog"},
	"database/sql":                  {"catalog"},
	"github.com/valyala/fasthttp":   {"node/api"},
	"github.com/fasthttp/router":    {"node/api"},
	"github.com/golang-jwt/jwt":     {"node/api"},
	"github.com/caarlos0/env":       {"cmd/teleplay"},
	"github.com/joho/godotenv":      {"cmd/teleplay"},
	"github.com/alecthomas/kong":    {"cmd/teleplay", "cmd/tpbench"},
	"github.com/getkin/kin-openapi": {},
}

// source is one Go file of the module.
type source struct {
	room, name string
	test       bool
	file       *ast.File
	fset       *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); p != "." && (strings.HasPrefix(n, ".") || n == "node_modules" || n == "testdata" || n == "dist" || n == "bin" || n == "data") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		room := path.Dir(filepath.ToSlash(p))
		if room == "." {
			room = ""
		}
		list = append(list, source{room, p, strings.HasSuffix(p, "_test.go"), f, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 50 {
		t.Fatalf("found %d Go files: the walk misses the house", len(list))
	}
	return list
}

func (s source) imports() []string {
	var list []string
	for _, i := range s.file.Imports {
		list = append(list, strings.Trim(i.Path.Value, `"`))
	}
	return list
}

func (s source) at(n ast.Node) string { return s.fset.Position(n.Pos()).String() }

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, s := range sources(t) {
		may, ok := house[s.room]
		if !ok {
			t.Errorf("%s: room %q is not in the house: give it a row in house_test.go and its reason in docs/ARCHITECTURE.md", s.name, s.room)
			continue
		}
		if s.test {
			continue
		}
		for _, i := range s.imports() {
			room, ours := strings.CutPrefix(i, module)
			room = strings.TrimPrefix(room, "/")
			if ours && !slices.Contains(may, room) {
				t.Errorf("%s imports %s: rooms stay apart so that each can be read and tested alone; declare an interface here and let cmd wire it", s.name, i)
			}
			if s.room == "" && strings.Contains(i, ".") {
				t.Errorf("%s imports %s: the root holds words, of the standard library alone", s.name, i)
			}
		}
	}
}

func TestBigDependenciesHaveOneHome(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, i := range s.imports() {
			for dep, rooms := range homes {
				if (i == dep || strings.HasPrefix(i, dep+"/")) && !slices.Contains(rooms, s.room) {
					t.Errorf("%s imports %s: its home is %v; ask that room, so that the library can be changed in one place", s.name, i, rooms)
				}
			}
		}
	}
}

// TestTestsLinkTelegramOnlyWhereItLives keeps the tests of the other rooms fast:
// compiling gotd's tg takes minutes.
func TestTestsLinkTelegramOnlyWhereItLives(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test || s.room == "telegram" || s.room == "telegram/fake" || strings.HasPrefix(s.room, "cmd/") {
			continue
		}
		for _, i := range s.imports() {
			if strings.HasPrefix(i, module+"/telegram") || strings.HasPrefix(i, "github.com/gotd/td") {
				t.Errorf("%s imports %s: use an in-memory source instead", s.name, i)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	doc := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if _, ok := doc[s.room]; !ok {
			doc[s.room] = 0
		}
		if s.file.Doc != nil {
			doc[s.room]++
		}
	}
	for room, n := range doc {
		if n != 1 {
			t.Errorf("room %q has %d package comments: one file says what the room is for", room, n)
		}
	}
}

// TestFilesHoldOneThing: a hand-written file above 400 lines says in its first
// comment why it is so long.
func TestFilesHoldOneThing(t *testing.T) {
	for _, s := range sources(t) {
		lines := s.fset.File(s.file.Pos()).LineCount()
		if lines <= 400 || ast.IsGenerated(s.file) {
			continue
		}
		if len(s.file.Comments) == 0 || !strings.Contains(strings.ToLower(s.file.Comments[0].Text()), "lines") {
			t.Errorf("%s has %d lines and its first comment does not say why: split it by concept", s.name, lines)
		}
	}
}

func TestNoHiddenStateOrOutput(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		cmd := strings.HasPrefix(s.room, "cmd/")
		for _, i := range s.imports() {
			if i == "log" && !cmd {
				t.Errorf("%s imports log: take a *slog.Logger as an option", s.name)
			}
			if i == "testing" {
				t.Errorf("%s imports testing: the binary does not link it", s.name)
			}
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init() runs behind everybody's back; do it in New or Open", s.at(f))
			}
		}
		if cmd {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok || x.Obj != nil {
				return true
			}
			switch name := x.Name + "." + sel.Sel.Name; name {
			case "fmt.Print", "fmt.Printf", "fmt.Println", "os.Exit":
				t.Errorf("%s: %s belongs to cmd; return an error or log", s.at(sel), name)
			case "time.Sleep":
				t.Errorf("%s: time.Sleep cannot be ended; wait on a timer and a context", s.at(sel))
			}
			return true
		})
	}
}

// TestPackageVariablesAreFixed: sentinels, embeds and tables that nobody writes.
func TestPackageVariablesAreFixed(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				if len(v.Values) == 0 && strings.Contains(g.Doc.Text()+directives(g.Doc), "go:embed") {
					continue
				}
				if len(v.Values) == 0 {
					t.Errorf("%s: %s has no value, so something sets it behind everybody's back; make it a field", s.at(v), v.Names[0].Name)
				}
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			a, ok := n.(*ast.AssignStmt)
			if !ok || a.Tok == token.DEFINE {
				return true
			}
			for _, l := range a.Lhs {
				if id, ok := l.(*ast.Ident); ok && packageVar(s.file, id) {
					t.Errorf("%s: %s is a package variable and is written; make it a field", s.at(a), id.Name)
				}
			}
			return true
		})
	}
}

func directives(c *ast.CommentGroup) (text string) {
	if c != nil {
		for _, l := range c.List {
			text += l.Text
		}
	}
	return text
}

func packageVar(f *ast.File, id *ast.Ident) bool {
	return id.Obj != nil && id.Obj.Kind == ast.Var && f.Scope.Lookup(id.Name) == id.Obj
}

// TestArchitectureNamesWhatIsThere: every path that the page names exists.
func TestArchitectureNamesWhatIsThere(t *testing.T) {
	b, err := os.ReadFile("docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i, word := range strings.Split(string(b), "`") {
		if i%2 == 0 || strings.ContainsAny(word, " *\n") || !strings.Contains(word, "/") && !strings.HasSuffix(word, ".go") || strings.HasPrefix(word, "/") {
			continue
		}
		found++
		if _, err := os.Stat(word); err != nil {
			t.Errorf("docs/ARCHITECTURE.md names %s, which is not there", word)
		}
	}
	if found < 25 {
		t.Errorf("the page names %d paths: this test misses them", found)
	}
}

// TestBinaryDoesNotLinkTesting looks at what the linker would take.
func TestBinaryDoesNotLinkTesting(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./cmd/teleplay").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 100 {
		t.Fatalf("go list names %d packages", len(deps))
	}
	for _, d := range deps {
		if d == "testing" || strings.HasPrefix(d, "net/http/httptest") {
			t.Errorf("the binary links %s", d)
		}
	}
}

// TestLockFileNamesNoRegistry: whoever builds uses a registry of their own.
func TestLockFileNamesNoRegistry(t *testing.T) {
	b, err := os.ReadFile("web/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Resolved string }
	}
	if err := json.Unmarshal(b, &lock); err != nil {
		t.Fatal(err)
	}
	if len(lock.Packages) < 10 {
		t.Fatal("the lock file names hardly any package")
	}
	for name, p := range lock.Packages {
		if strings.Contains(p.Resolved, "://") {
			t.Errorf("web/package-lock.json: %s names the registry %s; omit-lockfile-registry-resolved in web/.npmrc leaves it out", name, p.Resolved)
		}
	}
}

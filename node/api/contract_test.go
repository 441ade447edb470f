package api_test

import (
	"encoding/json"
	"mime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/teleplay/teleplay/node/api"
)

// contract is openapi.json with every shape closed: a field that it does not name
// is a fault of the answer here, though clients have to bear one.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.json")
	if err != nil {
		return nil, err
	}
	no := false
	for _, s := range doc.Components.Schemas {
		if len(s.Value.Properties) > 0 {
			s.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &no}
		}
	}
	return doc, nil
})

// eventSchemas are the shapes of server-sent events, by name.
var eventSchemas = map[string]string{"file": "FileEvent", "folder": "FolderEvent", "progress": "Progress", "session": "SessionEvent"}

// checkEvent holds an event's data against openapi.json.
func checkEvent(t *testing.T, e event) {
	t.Helper()
	doc, err := contract()
	fatal(t, err)
	var v any
	switch name, known := eventSchemas[e.name], e.name != ""; {
	case !known: // a place and no news
	case e.name == "resync", e.name == "beat":
		if e.data != "{}" {
			t.Errorf("%s with %s", e.name, e.data)
		}
	case name == "":
		t.Errorf("event %q is not in the contract", e.name)
	case json.Unmarshal([]byte(e.data), &v) != nil:
		t.Errorf("event %s: no JSON: %s", e.name, e.data)
	default:
		if err := doc.Components.Schemas[name].Value.VisitJSON(v, openapi3.MultiErrors()); err != nil {
			t.Errorf("event %s: %v", e.name, err)
		}
	}
}

func TestContractIsSoundAndListsExactlyWhatIsServed(t *testing.T) {
	doc, err := contract()
	fatal(t, err)
	fatal(t, doc.Validate(t.Context()))
	var listed, ids []string
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			listed = append(listed, method+" "+path)
			ids = append(ids, op.OperationID)
		}
	}
	served := api.Served()
	slices.Sort(listed)
	slices.Sort(served)
	if diff := cmp.Diff(served, listed); diff != "" {
		t.Errorf("routes served (-) and openapi.json (+) differ; add what is missing there:\n%s", diff)
	}
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != len(listed) {
		t.Errorf("%d operation ids for %d operations", n, len(listed))
	}
}

func TestContractIsServed(t *testing.T) {
	w := newWorld(t)
	a := w.want(200, call{method: "GET", path: "/openapi.json"})
	if v := decode[map[string]any](t, a)["openapi"]; v != "3.1.0" {
		t.Errorf("got openapi %v", v)
	}
}

// checkContract holds an answer against openapi.json. Answers of paths and
// methods that it does not list must have the shape of an error, or be the web
// app.
func checkContract(t *testing.T, method string, a answer) {
	t.Helper()
	doc, err := contract()
	fatal(t, err)
	path := a.Request.URL.Path
	kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	op := operation(doc, method, path)
	if op == nil {
		if kind == "application/json" && len(a.body) > 0 && a.StatusCode >= 400 {
			visit(t, doc.Components.Schemas["Error"].Value, a)
		}
		return
	}
	res := op.Responses.Value(strconv.Itoa(a.StatusCode))
	if res == nil {
		t.Fatalf("%s %s: status %d is not in openapi.json: %s", method, path, a.StatusCode, a.body)
	}
	for name, h := range res.Value.Headers {
		if h.Value.Required && a.Header.Get(name) == "" {
			t.Errorf("%s %s %d: header %s is missing", method, path, a.StatusCode, name)
		}
	}
	if len(a.body) == 0 {
		return
	}
	content := res.Value.Content.Get(kind)
	if content == nil {
		t.Fatalf("%s %s %d: type %q is not in openapi.json", method, path, a.StatusCode, kind)
	}
	if kind == "application/json" && content.Schema != nil {
		visit(t, content.Schema.Value, a)
	}
}

func visit(t *testing.T, s *openapi3.Schema, a answer) {
	t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s: no JSON: %s", a.Request.URL.Path, a.body)
	}
	if err := s.VisitJSON(v, openapi3.MultiErrors()); err != nil {
		t.Errorf("%s %s %d: %v", a.Request.Method, a.Request.URL.Path, a.StatusCode, err)
	}
}

// operation finds what the contract says of a path; names win over parameters.
func operation(doc *openapi3.T, method, path string) *openapi3.Operation {
	var best *openapi3.Operation
	literal := -1
	for template, item := range doc.Paths.Map() {
		op := item.GetOperation(method)
		if n := matches(template, path); op != nil && n > literal {
			best, literal = op, n
		}
	}
	return best
}

// matches counts the segments that are equal by name, -1 if the path is another.
func matches(template, path string) int {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return -1
	}
	n := 0
	for i := range want {
		switch {
		case want[i] == got[i]:
			n++
		case !strings.HasPrefix(want[i], "{"):
			return -1
		}
	}
	return n
}

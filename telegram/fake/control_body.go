package fake

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// decode reads a JSON object into T. An empty body is an empty object; unknown
// fields and anything after the object are errors.
func decode[T any](r *http.Request) (T, error) {
	var v T
	b, err := io.ReadAll(r.Body)
	if err != nil || len(b) == 0 {
		return v, err
	}
	return v, fill(&v, b)
}

// readBody is the whole body, for calls that merge it into what is there.
func readBody(r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 {
		return nil, invalid("the body is empty; it must be a JSON object")
	}
	return b, nil
}

// fill decodes one JSON object over what to has. Its names count to the letter,
// where encoding/json would take them in any case.
func fill(to any, b []byte) error {
	if err := checkNames(b, reflect.TypeOf(to), ""); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return unfit(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid("the body goes on after its JSON object")
	}
	return nil
}

// checkNames refuses fields that a type does not have. What has another form than the
// type's is left to the decoder.
func checkNames(b []byte, t reflect.Type, at string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, own := reflect.New(t).Interface().(json.Unmarshaler); own {
		return nil
	}
	if _, own := reflect.New(t).Interface().(encoding.TextUnmarshaler); own {
		return nil
	}
	var object map[string]json.RawMessage
	switch t.Kind() {
	case reflect.Struct:
		if json.Unmarshal(b, &object) != nil {
			return nil
		}
		known := fieldsOf(t)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			field, ok := known[name]
			if !ok {
				return invalid("the body is not what the call takes: unknown field %q", at+name)
			}
			if err := checkNames(object[name], field, at+name+"."); err != nil {
				return err
			}
		}
	case reflect.Map:
		if json.Unmarshal(b, &object) != nil {
			return nil
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if err := checkNames(object[name], t.Elem(), at+name+"."); err != nil {
				return err
			}
		}
	case reflect.Slice:
		var list []json.RawMessage
		if json.Unmarshal(b, &list) != nil {
			return nil
		}
		for _, v := range list {
			if err := checkNames(v, t.Elem(), at); err != nil {
				return err
			}
		}
	}
	return nil
}

// fieldsOf is what a struct has in JSON, embedded ones' fields included.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	known := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			maps.Copy(known, fieldsOf(f.Type))
		case name != "" && name != "-":
			known[name] = f.Type
		}
	}
	return known
}

// unfit says in the API's words why a body was not taken.
func unfit(err error) error {
	var t *json.UnmarshalTypeError
	switch {
	case errors.As(err, &t):
		what := t.Field
		if what == "" {
			what = "the body"
		}
		return invalid("%s must be %s, not %s", what, form(t.Type), article(t.Value))
	case strings.Contains(err.Error(), ",string struct tag"):
		return invalid(`the body is not what the call takes: ids are decimal strings, like "42"`)
	}
	text := err.Error()
	if rest, ok := strings.CutPrefix(text, "time: "); ok {
		text = rest + `, which is like "1.5s"`
	}
	return invalid("the body is not what the call takes: %s", strings.TrimPrefix(text, "json: "))
}

// form is what a value of a type looks like in JSON.
func form(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[span]() {
		return `a duration like "1.5s"`
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float64:
		return "a number"
	}
	if t.Size() < 8 {
		return fmt.Sprintf("a whole number of %d bits", 8*t.Size())
	}
	return "a whole number"
}

// article names a JSON value, as encoding/json does, in a sentence.
func article(value string) string {
	switch value {
	case "array", "object":
		return "an " + value
	case "string":
		return "a string"
	}
	return value // number 1.5, bool
}

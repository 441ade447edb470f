package fake

import (
	"encoding/json"
	"time"
)

func defaultSettings() settings {
	return settings{
		ReferenceTTL:      span(time.Hour),
		RandomIDDuplicate: "error",
		AckAfter:          span(300 * time.Millisecond),
		QueryLife:         span(30 * time.Second),
		DifferenceSlice:   100,
		ExportToOwnDC:     "error",
	}
}

func (s settings) check() error {
	switch {
	case s.ReferenceTTL <= 0 || s.AckAfter <= 0 || s.QueryLife <= 0:
		return invalid("durations are positive")
	case s.RandomIDDuplicate != "error" && s.RandomIDDuplicate != "repeat":
		return invalid("random_id_duplicate is error or repeat, not %q", s.RandomIDDuplicate)
	case s.ExportToOwnDC != "error" && s.ExportToOwnDC != "allow":
		return invalid("export_to_own_dc is error or allow, not %q", s.ExportToOwnDC)
	case s.DifferenceSlice < 1:
		return invalid("difference_slice is at least 1")
	}
	return nil
}

func (w *world) rules() settings { return w.db.settings.rows[""] }

func (w *world) currentSettings() settings {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rules()
}

// changeSettings merges a JSON object into the settings; null = the default.
func (w *world) changeSettings(patch []byte) (settings, error) {
	var s settings
	err := w.change(func() (err error) {
		if s, err = merge(w.rules(), w.standard, patch); err != nil {
			return err
		}
		if err := s.check(); err != nil {
			return err
		}
		w.db.settings.put("", s)
		return nil
	})
	return s, err
}

// merge is current with the fields of a JSON object patched over it; null takes
// the field from standard, however deep it is. Fields that T does not have are refused.
func merge[T any](current, standard T, patch []byte) (T, error) {
	b, err := json.Marshal(standard)
	if err != nil {
		return current, err
	}
	if b, err = nullsFrom(b, patch); err != nil {
		return current, err
	}
	// The copy shares no slice with current, which the decoder would write over.
	var merged T
	if own, err := json.Marshal(current); err != nil {
		return current, err
	} else if err := json.Unmarshal(own, &merged); err != nil {
		return current, err
	}
	if err := fill(&merged, b); err != nil {
		return current, err
	}
	return merged, nil
}

// nullsFrom is the JSON object patch with the values of standard for its nulls.
func nullsFrom(standard, patch []byte) ([]byte, error) {
	var fields, defaults map[string]json.RawMessage
	if err := json.Unmarshal(patch, &fields); err != nil {
		return nil, invalid("the body is no JSON object: %v", err)
	}
	if json.Unmarshal(standard, &defaults) != nil {
		return patch, nil // no object: the decoder will say so
	}
	for name, v := range fields {
		switch {
		case string(v) == "null":
			fields[name] = defaults[name]
		case v[0] == '{':
			inner, err := nullsFrom(defaults[name], v)
			if err != nil {
				return nil, err
			}
			fields[name] = inner
		}
	}
	return json.Marshal(fields)
}

package fake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keysFile holds the keyring in Options.Data. Keys are few and change seldom, so
// that each change writes all of them.
const keysFile = "keys.json"

// loadKeys reads the keys of an earlier run, and from now on saves each change.
func (s *Server) loadKeys() error {
	if s.opt.Data == "" {
		return nil
	}
	path := filepath.Join(s.opt.Data, keysFile)
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		var list []keyState
		if err := json.Unmarshal(b, &list); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		// What was made before Run, by Server.Key, stays.
		if err := s.ring.restore(append(list, s.ring.snapshot()...)); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
	s.ring.save.Store(&saver{func() { s.saveKeys(path) }})
	s.saveKeys(path)
	return nil
}

// saveKeys replaces the file in one step.
func (s *Server) saveKeys(path string) {
	s.saving.Lock()
	defer s.saving.Unlock()
	b, err := json.Marshal(s.ring.snapshot())
	if err == nil {
		if err = os.WriteFile(path+".new", b, 0o600); err == nil {
			err = os.Rename(path+".new", path)
		}
	}
	if err != nil {
		s.log.Error("save the auth keys", "err", err)
	}
}

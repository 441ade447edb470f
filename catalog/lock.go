package catalog

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/teleplay/teleplay"
)

// lockFile takes the database at path for this process: two of them would each
// think that they alone hand out ids and speak for the bot. The lock lies beside
// the database, because SQLite's own locks on the file end with any close of it,
// and goes away with the process however that ends. The empty file stays.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock database %s: %w", path, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, teleplay.Fail(teleplay.ErrConflict, "", "database "+path+" is in use by another teleplay process")
	}
	return nil, fmt.Errorf("lock database %s: %w", path, err)
}

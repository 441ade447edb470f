package main

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir makes the data directory, readable by its owner alone, and holds it
// until the process ends: two nodes on one directory would use the same keys, and
// Telegram kills a key that is used twice.
func lockDir(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, &fault{1, fmt.Sprintf("teleplay: the data directory %s cannot be made: %v", dir, err)}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, &fault{1, fmt.Sprintf("teleplay: the data directory %s cannot be kept from other users: %v", dir, err)}
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, &fault{1, fmt.Sprintf("teleplay: the data directory %s cannot be written: %v", dir, err)}
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, &fault{1, fmt.Sprintf("teleplay: another process uses the data directory %s. End it, or give this one a directory of its own.", dir)}
	}
	return func() { f.Close() }, nil
}

// atRest is the key that seals what lies in the data directory of a node that is
// not in a cluster.
func atRest(jwtSecret string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(jwtSecret), nil, "at-rest/1", 32)
	if err != nil {
		panic(err) // only for a length that SHA-256 cannot give
	}
	return key
}

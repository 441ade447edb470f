package catalog_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teleplay/teleplay"
	"github.com/teleplay/teleplay/catalog"
)

// TestRunSweeps: a code whose time is over frees its place among an address's ten
// without anybody asking for it, and Run ends with its context.
func TestRunSweeps(t *testing.T) {
	file := filepath.Join(t.TempDir(), "teleplay.db")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d, err := catalog.Open(ctx, catalog.Options{URL: "sqlite:///" + file})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		hash := []byte("the hash of a code's secret, 32b")
		if _, err := d.AddCode(ctx, teleplay.LoginCode{Kind: teleplay.DeviceCode, DeviceHash: hash, Address: "a", Match: 10, Expires: time.Now().Add(10 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(24*time.Hour + time.Second)
		synctest.Wait()
		if c, err := d.Code(ctx, teleplay.CodeClaim{DeviceHash: hash}); err == nil {
			t.Errorf("a day later the code is still known as %s", c.State)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

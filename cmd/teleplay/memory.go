package main

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
)

// minMemory is the least that serves a viewer, in bytes.
const minMemory = 64 << 20

// defaultMemory is a quarter of what this process may use: of GOMEMLIMIT, the
// cgroup's limit (v2, then v1) or the machine's memory.
func defaultMemory() int64 { return max(memoryLimit()/4, minMemory) }

func memoryLimit() int64 {
	if n := debug.SetMemoryLimit(-1); n > 0 && n < 1<<50 {
		return n
	}
	least := int64(1 << 50)
	for _, f := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if b, err := os.ReadFile(f); err == nil {
			if n, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64); err == nil && n > 0 {
				least = min(least, n)
			}
		}
	}
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		if f := bytes.Fields(b); len(f) > 1 && string(f[0]) == "MemTotal:" {
			if n, err := strconv.ParseInt(string(f[1]), 10, 64); err == nil {
				least = min(least, n<<10)
			}
		}
	}
	if least == 1<<50 {
		return 1 << 30 // nothing known: as on a small machine
	}
	return least
}

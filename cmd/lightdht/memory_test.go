package main

import (
	"io/fs"
	"testing"
)

func TestWorldMemory(t *testing.T) {
	const gib = 1 << 30
	for _, tt := range []struct {
		name    string
		meminfo string
		limit   string
		want    int64
	}{
		{"half of what is available", "MemTotal:  33554432 kB\nMemAvailable:   16777216 kB\n", "max\n", 8 * gib},
		{"a container has less", "MemAvailable: 16777216 kB\n", "2147483648\n", gib},
		{"a container could have more", "MemAvailable: 16777216 kB\n", "214748364800\n", 8 * gib},
		{"another system", "", "", 11 * gib},
		{"an old kernel", "MemTotal: 16777216 kB\n", "", 11 * gib},
		{"nonsense", "MemAvailable: much kB\nMemAvailable:\n", "-1", 11 * gib},
		{"more than a number can hold", "MemAvailable: 99999999999999999999 kB\n", "", 11 * gib},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"/proc/meminfo": tt.meminfo, "/sys/fs/cgroup/memory.max": tt.limit}
			h := &host{readFile: func(path string) ([]byte, error) {
				if files[path] == "" {
					return nil, fs.ErrNotExist
				}
				return []byte(files[path]), nil
			}}
			if got := h.worldMemory(); got != tt.want {
				t.Errorf("%d bytes, want %d", got, tt.want)
			}
		})
	}
}

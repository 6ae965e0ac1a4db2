package experiment

import (
	"bytes"
	"strconv"

	"github.com/lightdht/lightdht/engine/files"
)

// WorldMemory is how much the members of simulated networks may take, in bytes: half of what the
// machine can spare, since Go's garbage collector, left at its defaults, comes to use as much
// again. Where the system does not say what it can spare, it is taken to have 22 GiB. read reads a
// file of the system; nil: from the disk.
func WorldMemory(read func(path string) ([]byte, error)) int64 {
	const somewhere = 22 << 30
	if read == nil {
		read = files.Read
	}
	spare, ok := available(read)
	if !ok {
		spare = somewhere
	}
	if limit, ok := memoryLimit(read); ok {
		spare = min(spare, limit)
	}
	return spare / 2
}

// available reads what Linux says it could give to a program without swapping.
func available(read func(path string) ([]byte, error)) (int64, bool) {
	text, err := read("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) == 3 && string(fields[0]) == "MemAvailable:" && string(fields[2]) == "kB" {
			kib, err := strconv.ParseInt(string(fields[1]), 10, 40)
			return kib << 10, err == nil && kib > 0
		}
	}
	return 0, false
}

// memoryLimit reads the limit of the container that the program runs in, if it is in one that has a
// limit: cgroup v2 of Linux.
func memoryLimit(read func(path string) ([]byte, error)) (int64, bool) {
	text, err := read("/sys/fs/cgroup/memory.max")
	if err != nil {
		return 0, false
	}
	limit, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	return limit, err == nil && limit > 0 // not a number: "max"
}

//go:build amd64 || arm64

package prefetch

import "unsafe"

// Load starts to load a number of bytes from p on, one cache line of 64 bytes after the other. It
// reads nothing itself, so that any pointer is allowed.
//
//go:noescape
func Load(p unsafe.Pointer, bytes uintptr)

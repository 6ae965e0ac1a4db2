//go:build amd64 || arm64

package sim

import "unsafe"

// fetch has so many bytes of memory brought into the processor's cache, a line of
// 64 after the other, and does not wait for them. It reads nothing, so that any
// pointer will do.
//
//go:noescape
func fetch(p unsafe.Pointer, bytes uintptr)

//go:build !amd64 && !arm64

package prefetch

import "unsafe"

// Load does nothing on this processor: memory is read when it is needed.
func Load(unsafe.Pointer, uintptr) {}

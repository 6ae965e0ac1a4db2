//go:build !amd64 && !arm64

package sim

import "unsafe"

// fetch does nothing: here memory is read when it is needed.
func fetch(unsafe.Pointer, uintptr) {}

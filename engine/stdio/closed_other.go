//go:build !linux

package stdio

// closed reports whether a standard stream was closed when the process began. Here nothing tells;
// what is written to it fails, or is lost.
func closed(uintptr) bool { return false }

package stdio

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// kcmpFile asks whether two descriptors are of one opening of a file.
const kcmpFile = 0

// closed reports whether a standard stream was closed when the process began. Go then opens
// /dev/null under its number for reading and writing; shells open it for writing alone, and a
// program that makes a daemon opens it once for all streams.
func closed(file uintptr) bool {
	if !openedNull(file) {
		return false
	}
	for other := range uintptr(3) {
		if other != file && openedNull(other) && oneOpening(file, other) {
			return false
		}
	}
	return true
}

// openedNull reports whether a file is /dev/null, opened for reading and writing.
func openedNull(file uintptr) bool {
	var null, there unix.Stat_t
	flags, err := unix.FcntlInt(file, unix.F_GETFL, 0)
	return err == nil && flags&unix.O_ACCMODE == unix.O_RDWR &&
		unix.Stat("/dev/null", &null) == nil && unix.Fstat(int(file), &there) == nil &&
		there.Mode&unix.S_IFMT == unix.S_IFCHR && there.Rdev == null.Rdev
}

// oneOpening reports whether two descriptors share what was opened; if that cannot be told, it
// returns true.
func oneOpening(a, b uintptr) bool {
	self := uintptr(unix.Getpid())
	order, _, errno := syscall.Syscall6(unix.SYS_KCMP, self, self, kcmpFile, a, b, 0)
	return errno != 0 || order == 0
}

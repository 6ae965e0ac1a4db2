package files

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// identity is what the file system knows a folder by: its number and, where that is kept, when it was made. Renaming
// does not change it; a copy has another, which nobody can choose.
func identity(folder *os.File) (id string, err error) {
	raw, err := folder.SyscallConn()
	if err != nil {
		return "", err
	}
	var stat unix.Statx_t
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.Statx(int(fd), "", unix.AT_EMPTY_PATH, unix.STATX_INO|unix.STATX_BTIME, &stat)
	})
	if err != nil || failed != nil {
		return identityOf(folder)
	}
	if stat.Mask&unix.STATX_BTIME == 0 {
		return fmt.Sprint(stat.Ino), nil
	}
	return fmt.Sprintf("%d made %d.%09d", stat.Ino, stat.Btime.Sec, stat.Btime.Nsec), nil
}

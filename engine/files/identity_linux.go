package files

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// identity identifies a folder in its file system: by its number and, if the file system keeps it,
// its time of creation. Renaming does not change it; a copy has another, which cannot be chosen.
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

package files

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// identity identifies a folder in its file system: by its number and its time of creation, which
// can be set.
func identity(folder *os.File) (string, error) {
	raw, err := folder.SyscallConn()
	if err != nil {
		return "", err
	}
	var info windows.ByHandleFileInformation
	var failed error
	err = raw.Control(func(handle uintptr) {
		failed = windows.GetFileInformationByHandle(windows.Handle(handle), &info)
	})
	if err == nil {
		err = failed
	}
	return fmt.Sprintf("%d-%d made %d", info.FileIndexHigh, info.FileIndexLow, info.CreationTime.Nanoseconds()), err
}

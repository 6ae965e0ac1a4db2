package files

import (
	"fmt"
	"os"
	"syscall"
)

// identity is what the file system knows a folder by: when it was made.
func identity(folder *os.File) (string, error) { return identityOf(folder) }

func identityOf(folder *os.File) (string, error) {
	info, err := folder.Stat()
	if err != nil {
		return "", err
	}
	if data, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		return fmt.Sprintf("made %d", data.CreationTime.Nanoseconds()), nil
	}
	return "unknown", nil
}

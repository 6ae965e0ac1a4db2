//go:build unix

package files

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe or a socket is refused at once, whatever is at its other end.
func TestSpecial(t *testing.T) {
	dir, err := os.MkdirTemp("", "files") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Skip(err)
	}
	defer socket.Close()
	folder, err := OpenFolder(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	for name, want := range map[string]string{"pipe": "is a named pipe, not a file", "socket": "is a socket, not a file"} {
		path := filepath.Join(dir, name)
		for _, flag := range []int{os.O_RDONLY, os.O_WRONLY | os.O_CREATE | os.O_TRUNC, os.O_RDWR, os.O_WRONLY | os.O_APPEND} {
			_, named := OpenNamed(path)
			_, err := OpenFile(path, flag, 0)
			_, inFolder := folder.OpenFile(name, flag, 0)
			for _, err := range []error{err, inFolder, named, Check(path)} {
				if !strings.Contains(text(err), want) {
					t.Errorf("%s: %v, want %q", name, err, want)
				}
			}
		}
	}
	if err := Check("/dev/null"); !strings.Contains(text(err), "is a device, not a file") {
		t.Error(err)
	}
}

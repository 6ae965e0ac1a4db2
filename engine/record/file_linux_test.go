package record

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// TestRoomForAPart: a row that only fits in part is taken back, so that the file ends with a whole
// one.
func TestRoomForAPart(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	path := filepath.Join(t.TempDir(), "x.jsonl")
	sink, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r := New(Limits{}, sink)
	defer r.Close()
	if err := r.Add("", Row{{"a", 1}}); err != nil {
		t.Fatal(err)
	}

	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 12, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	err = r.Add("", Row{{"a", 2}})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}

	if !errors.Is(err, syscall.EFBIG) {
		t.Error(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "{\"a\":1}\n" {
		t.Errorf("%q, %v", data, err)
	}
}

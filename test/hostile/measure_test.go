//go:build linux

package hostile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// measured is what one process took.
type measured struct {
	Exit  int
	RSS   int64 // bytes, at most at a time
	Bytes int64 // written
	Took  time.Duration
}

// The suite's own limits of a process: what breaks them breaks the machine. The shell
// sets them for nobody but the program, which takes its place: 16 GiB of address space, of
// which Go's runtime reserves much, and 1 GiB in a file.
const (
	limits  = `ulimit -v 16777216; ulimit -f 2097152; exec "$@"`
	maxTime = 60 * time.Second
)

// measureEnv has the test program run another and measure it, instead of any test: where
// to write down what it took.
const measureEnv = "HOSTILE_MEASURE"

// measure runs a program as a child of a process of its own, so that what the system
// says of children is said of it, under the limits of the suite. It returns its exit code.
func measure(report string, args []string) int {
	before := sizeOf(".")
	c := exec.Command("sh", append([]string{"-c", limits, "sh"}, args...)...)
	var out, errout counter
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, io.MultiWriter(&out, os.Stdout), io.MultiWriter(&errout, os.Stderr)
	began := time.Now()
	if err := c.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return -1
	}
	late := time.AfterFunc(maxTime, func() { c.Process.Kill() })
	defer late.Stop()
	c.Wait()
	took := time.Since(began)
	usage, _ := c.ProcessState.SysUsage().(*syscall.Rusage)
	m := measured{Exit: c.ProcessState.ExitCode(), RSS: int64(usage.Maxrss) << 10, Bytes: int64(out+errout) + max(sizeOf(".")-before, 0), Took: took}
	text, _ := json.Marshal(m)
	if err := os.WriteFile(report, text, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return max(m.Exit, 0)
}

// counter counts what is written.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// sizeOf is how many bytes the files in a folder have.
func sizeOf(dir string) (size int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it is gone, or closed to us: then nothing was written there
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}

// bounds are what a case says of a process, before its command line.
type bounds struct {
	exit       int
	rss, bytes int64
	pings      int
}

// parse takes the bounds off the front of a command line.
func (b *bounds) parse(args []string) (rest []string, err error) {
	*b = bounds{rss: 100 << 20, bytes: 1 << 20}
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch value := args[1]; args[0] {
		case "-exit":
			b.exit, err = strconv.Atoi(value)
		case "-pings":
			b.pings, err = strconv.Atoi(value)
		case "-maxrss":
			b.rss, err = size(value)
		case "-maxbytes":
			b.bytes, err = size(value)
		default:
			err = fmt.Errorf("no bound is called %s", args[0])
		}
		if err != nil {
			return nil, err
		}
		args = args[2:]
	}
	if len(args) == 0 {
		return nil, errors.New("which program?")
	}
	return args, nil
}

func size(text string) (int64, error) {
	number, unit := strings.TrimRight(text, "KMGB"), int64(1)
	switch text[len(number):] {
	case "", "B":
	case "KB":
		unit = 1 << 10
	case "MB":
		unit = 1 << 20
	case "GB":
		unit = 1 << 30
	default:
		return 0, fmt.Errorf("a size is needed, as in 100MB, got %q", text)
	}
	n, err := strconv.ParseInt(number, 10, 64)
	return n * unit, err
}

// broken says which of its bounds a process has broken.
func (b bounds) broken(m measured) (all []string) {
	if m.Exit != b.exit {
		all = append(all, fmt.Sprintf("exit code %d, want %d", m.Exit, b.exit))
	}
	if m.RSS > b.rss {
		all = append(all, fmt.Sprintf("%d MB of memory, at most %d MB", m.RSS>>20, b.rss>>20))
	}
	if m.Bytes > b.bytes {
		all = append(all, fmt.Sprintf("%d bytes written, at most %d", m.Bytes, b.bytes))
	}
	return all
}

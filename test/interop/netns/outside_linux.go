package netns

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// Environment variables by which the inner run of the test knows that it is one, and where the
// programs are.
const (
	insideVariable   = "LIGHTDHT_NETNS_INSIDE"
	programsVariable = "LIGHTDHT_NETNS_PROGRAMS"
)

// Inside reports whether this is the inner run of a test.
func Inside() bool { return os.Getenv(insideVariable) != "" }

// Program is the path of one of our programs in the inner run: lightdht, or anacrolix.
func Program(name string) string { return filepath.Join(os.Getenv(programsVariable), name) }

// Outside runs the test once more, in namespaces of its own: network, mounts and processes. All
// that the inner run makes, bridge, names of namespaces and programs, ends with it, however it
// ends; and no packet can get out.
func Outside(t *testing.T, limit time.Duration) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("making network namespaces needs root")
	}
	Need(t, "ip", "iproute2")
	Need(t, "iptables", "iptables")
	Need(t, "sysctl", "procps")
	if out, err := exec.Command("ip", "netns", "list").CombinedOutput(); err != nil {
		Missing(t, "this ip has no netns (apt-get install iproute2): %s", out)
	}
	programs := t.TempDir()
	build(t, "../../..", "./cmd/lightdht", programs)
	build(t, "..", "./anacrolix", programs)

	// The kernel kills the inner run once the thread that started it is gone; an interrupt ends it
	// as well, so that the temporary directories are removed.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v", "-test.parallel=32",
		"-test.timeout="+timeLeft(t, limit).String())
	cmd.Env = append(os.Environ(), insideVariable+"=true", programsVariable+"="+programs, "TMPDIR="+t.TempDir())
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatal("interrupted")
	}
	if errors.Is(err, syscall.EPERM) {
		t.Skip("this root may not make network namespaces")
	}
	if err != nil {
		t.Errorf("the run in namespaces: %v", err)
	}
}

// timeLeft is what the inner run may take: less than is left of the outer one, which has to clean
// up.
func timeLeft(t *testing.T, limit time.Duration) time.Duration {
	end, ok := t.Deadline()
	if !ok {
		return limit
	}
	return min(limit, time.Until(end.Add(-spare)))
}

// Need skips the test where a program is not installed; in CI that is a failure.
func Need(t *testing.T, program, pkg string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		Missing(t, "no %s (apt-get install %s)", program, pkg)
	}
}

func Missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// build compiles a main package of the module in dir.
func build(t *testing.T, dir, pkg, into string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", filepath.Join(into, filepath.Base(pkg)), pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
}

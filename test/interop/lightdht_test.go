package interop

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A program is a lightdht that was started by a test and ends with it.
type program struct {
	addr   string // where it listens
	stdout <-chan string
	stderr <-chan string // both by line, closed at the end of the stream
	cmd    *exec.Cmd
}

// start runs lightdht with the flags of the real network behind the subcommand.
func start(t *testing.T, subcommand, join string, args ...string) *program {
	t.Helper()
	path, err := lightdhtProgram()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{addr: addrs(t, ours, 1)[0]}
	flags := []string{subcommand, "--listen", p.addr}
	if join != "" {
		flags = append(flags, "--join", join)
	}
	ctx, end := context.WithCancel(context.Background())
	p.cmd = exec.CommandContext(ctx, path, append(flags, args...)...)
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(os.Interrupt) }
	p.cmd.WaitDelay = 5 * time.Second // for those who do not listen to interrupts
	p.stdout = lines(t, p.cmd.StdoutPipe)
	p.stderr = lines(t, p.cmd.StderrPipe)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end()
		_, stderr, code := p.rest()
		if code < 0 {
			t.Errorf("lightdht %s %s had to be killed", subcommand, p.addr)
		}
		if t.Failed() {
			t.Logf("lightdht %s %s said:\n%s", subcommand, p.addr, strings.Join(stderr, "\n"))
		}
	})
	return p
}

// lines reads one of a command's streams to its end, whether or not anyone listens to the channel.
func lines(t *testing.T, pipe func() (io.ReadCloser, error)) <-chan string {
	t.Helper()
	from, err := pipe()
	if err != nil {
		t.Fatal(err)
	}
	const most = 10000 // more than any test prints; beyond that the program would block
	out := make(chan string, most)
	go func() {
		defer close(out)
		for scanner := bufio.NewScanner(from); scanner.Scan(); {
			out <- scanner.Text()
		}
	}()
	return out
}

// rest waits for the end of the program and returns what it still printed, and its exit code; -1 if
// it had to be killed. One that takes too long is asked for the state of its goroutines first.
func (p *program) rest() (stdout, stderr []string, code int) { return p.restWithin(patience) }

func (p *program) restWithin(limit time.Duration) (stdout, stderr []string, code int) {
	quit := time.AfterFunc(limit, func() { p.cmd.Process.Signal(syscall.SIGQUIT) })
	defer quit.Stop()
	kill := time.AfterFunc(limit+5*time.Second, func() { p.cmd.Process.Kill() })
	defer kill.Stop()
	for line := range p.stdout {
		stdout = append(stdout, line)
	}
	for line := range p.stderr {
		stderr = append(stderr, line)
	}
	if p.cmd.ProcessState == nil {
		p.cmd.Wait() // what went wrong is in the exit code
	}
	return stdout, stderr, p.cmd.ProcessState.ExitCode()
}

// member starts "lightdht node" and returns once it listens.
func member(t *testing.T, join string) *program {
	t.Helper()
	p := start(t, "node", join)
	for {
		line := await(t, "lightdht node to listen", p.stderr)
		if line == "" {
			_, stderr, code := p.rest()
			t.Fatalf("lightdht node ended with exit code %d before it listened\n%s", code, strings.Join(stderr, "\n"))
		}
		if strings.Contains(line, "listening on "+p.addr) {
			t.Logf("lightdht %s", line)
			return p
		}
	}
}

// run runs a script to its end and returns the lines it printed.
func run(t *testing.T, join, script string, args ...string) []string {
	t.Helper()
	p := start(t, "run", join, append([]string{script}, args...)...)
	stdout, stderr, code := p.rest()
	if code != 0 {
		t.Fatalf("lightdht run %s %s: exit code %d\nstdout:\n%s\nstderr:\n%s", script, strings.Join(args, " "), code,
			strings.Join(stdout, "\n"), strings.Join(stderr, "\n"))
	}
	return stdout
}

// serve starts a script that stays a member after it has printed a line, and returns once it has.
func serve(t *testing.T, join, script string, args ...string) (*program, string) {
	t.Helper()
	p := start(t, "run", join, append([]string{script}, args...)...)
	line := await(t, "lightdht run "+script+" to print a line", p.stdout)
	if line == "" {
		_, stderr, code := p.rest()
		t.Fatalf("lightdht run %s ended early, exit code %d\n%s", script, code, strings.Join(stderr, "\n"))
	}
	t.Logf("lightdht %s: %s", p.addr, line)
	return p, line
}

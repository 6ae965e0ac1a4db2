package netns

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// patience is how long a test waits for any one thing that must come. Clients take their time
	// between two tries: some a minute. It is far more than any of them needs.
	patience = 3 * time.Minute
	// spare is what is left of the time for the whole test when the last wait ends: to say what
	// happened.
	spare = 15 * time.Second
	// slow is what takes so long that the log tells of it.
	slow = 20 * time.Second
)

// Eventually asks until the answer is yes, a few times a second, and fails with the complaint when
// patience ends. It logs a wait that was long.
func Eventually(t *testing.T, ask func() bool, complaint func() string) {
	t.Helper()
	wait := patience
	if end, ok := t.Deadline(); ok {
		wait = min(wait, time.Until(end.Add(-spare)))
	}
	begin, deadline := time.Now(), time.After(wait)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for !ask() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("after %v: %s", wait, complaint())
		}
	}
	if took := time.Since(begin); took > slow {
		what, _, _ := strings.Cut(complaint(), "\n")
		t.Logf("for %v it was true that %s", took, what)
	}
}

// A journal is what a program printed on one stream, by line.
type Journal struct {
	sync.Mutex
	lines []string
}

func (j *Journal) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		j.Lock()
		j.lines = append(j.lines, lines.Text())
		j.Unlock()
	}
}

// Matching returns the lines that a test accepts.
func (j *Journal) Matching(accept func(string) bool) (some []string) {
	j.Lock()
	defer j.Unlock()
	for _, line := range j.lines {
		if accept(line) {
			some = append(some, line)
		}
	}
	return some
}

func (j *Journal) Has(line string) bool {
	return len(j.Matching(func(l string) bool { return l == line })) > 0
}

// End returns the last lines.
func (j *Journal) End() string {
	j.Lock()
	defer j.Unlock()
	return strings.Join(j.lines[max(0, len(j.lines)-25):], "\n")
}

// A process runs in a namespace until the whole test ends.
type Process struct {
	Title          string
	stdin          io.Writer
	Stdout, Stderr Journal

	cmd   *exec.Cmd
	wait  func()
	asked int // requests of the line protocol so far
}

// Start runs a program there.
func (h Host) Start(t *testing.T, title string, env []string, words ...string) *Process {
	t.Helper()
	p := &Process{Title: title}
	cmd := exec.Command("ip", append([]string{"netns", "exec", h.Name}, words...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	stderr, err3 := cmd.StderrPipe()
	for _, err := range []error{err1, err2, err3, cmd.Start()} {
		if err != nil {
			t.Fatalf("%s: %v", title, err)
		}
	}
	p.stdin = stdin
	var reading sync.WaitGroup
	reading.Go(func() { p.Stdout.read(stdout) })
	reading.Go(func() { p.Stderr.read(stderr) })
	p.wait = sync.OnceFunc(func() {
		reading.Wait()
		cmd.Wait() // what went wrong is in the exit code
	})
	p.cmd = cmd
	h.Until.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		p.wait()
		if h.Until.Failed() {
			h.Until.Logf("%s said at last:\n%s\n%s", title, p.Stdout.End(), p.Stderr.End())
		}
	})
	return p
}

// Wait waits for the end of the program, and returns its exit code.
func (p *Process) Wait() int {
	p.wait()
	return p.cmd.ProcessState.ExitCode()
}

// Says waits until the program has printed these lines.
func (p *Process) Says(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		Eventually(t, func() bool { return p.Stdout.Has(line) }, func() string {
			return fmt.Sprintf("%s has not said %q:\n%s\n%s", p.Title, line, p.Stdout.End(), p.Stderr.End())
		})
	}
}

// Lightdht runs our program, by the flags of the real network.
func (h Host) Lightdht(t *testing.T, subcommand, listen, join string, args ...string) *Process {
	t.Helper()
	words := []string{Program("lightdht"), subcommand, "--listen", listen}
	if join != "" {
		words = append(words, "--join", join)
	}
	words = append(words, args...)
	return h.Start(t, "lightdht "+subcommand+" "+listen, nil, words...)
}

// An answer is a line of the protocol that test/interop describes.
type Answer struct {
	ID     int      `json:"id"`
	Ready  bool     `json:"ready"`
	Client string   `json:"client"`
	Nodes  int      `json:"nodes"`
	Stored int      `json:"stored"`
	Port   int      `json:"port"`
	Peers  []string `json:"peers"`
	Error  string   `json:"error"`
}

// Ready waits until a peer program has joined.
func (p *Process) Ready(t *testing.T) {
	t.Helper()
	p.answers(t, func(a Answer) bool { return a.Ready })
}

// Ask sends one request of the protocol and waits for its answer.
func (p *Process) Ask(t *testing.T, request map[string]any) Answer {
	t.Helper()
	p.asked++
	request["id"] = p.asked
	line, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(p.stdin, "%s\n", line)
	return p.answers(t, func(a Answer) bool { return a.ID == p.asked })
}

func (p *Process) answers(t *testing.T, accept func(Answer) bool) (found Answer) {
	t.Helper()
	Eventually(t, func() bool {
		return len(p.Stdout.Matching(func(line string) bool {
			var a Answer
			ok := json.Unmarshal([]byte(line), &a) == nil && accept(a)
			if ok {
				found = a
			}
			return ok
		})) > 0
	}, func() string { return p.Title + " does not answer:\n" + p.Stderr.End() })
	return found
}

package bridge

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// patience is how long a test waits for any one thing that must come. Clients take their time between two tries: some
	// a minute. It is far more than any of them needs.
	patience = 3 * time.Minute
	// spare is what is left of the time for the whole test when the last wait ends: to say what happened.
	spare = 15 * time.Second
	// slow is what takes so long that the log tells of it.
	slow = 20 * time.Second
)

// eventually asks until the answer is yes, a few times a second, and fails with the complaint when patience ends. It logs
// a wait that was long.
func eventually(t *testing.T, ask func() bool, complaint func() string) {
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
type journal struct {
	sync.Mutex
	lines []string
}

func (j *journal) read(from io.Reader) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		j.Lock()
		j.lines = append(j.lines, lines.Text())
		j.Unlock()
	}
}

// matching returns the lines that a test accepts.
func (j *journal) matching(accept func(string) bool) (some []string) {
	j.Lock()
	defer j.Unlock()
	for _, line := range j.lines {
		if accept(line) {
			some = append(some, line)
		}
	}
	return some
}

func (j *journal) has(line string) bool {
	return len(j.matching(func(l string) bool { return l == line })) > 0
}

// end returns the last lines.
func (j *journal) end() string {
	j.Lock()
	defer j.Unlock()
	return strings.Join(j.lines[max(0, len(j.lines)-25):], "\n")
}

// A process runs in a namespace until the whole test ends.
type process struct {
	title          string
	stdin          io.Writer
	stdout, stderr journal

	asked int // requests of the line protocol so far
}

// start runs a program there.
func (h host) start(t *testing.T, title string, env []string, words ...string) *process {
	t.Helper()
	p := &process{title: title}
	cmd := exec.Command("ip", append([]string{"netns", "exec", h.name}, words...)...)
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
	reading.Go(func() { p.stdout.read(stdout) })
	reading.Go(func() { p.stderr.read(stderr) })
	h.until.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		reading.Wait()
		cmd.Wait()
		if h.until.Failed() {
			h.until.Logf("%s said at last:\n%s\n%s", title, p.stdout.end(), p.stderr.end())
		}
	})
	return p
}

// says waits until the program has printed these lines.
func (p *process) says(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		eventually(t, func() bool { return p.stdout.has(line) }, func() string {
			return fmt.Sprintf("%s has not said %q:\n%s\n%s", p.title, line, p.stdout.end(), p.stderr.end())
		})
	}
}

// lightdht runs our program, by the flags of the real network.
func (h host) lightdht(t *testing.T, subcommand, listen, join string, args ...string) *process {
	t.Helper()
	words := []string{filepath.Join(os.Getenv(programsVariable), "lightdht"), subcommand, "--listen", listen}
	if join != "" {
		words = append(words, "--join", join)
	}
	words = append(words, args...)
	return h.start(t, "lightdht "+subcommand+" "+listen, nil, words...)
}

// An answer is a line of the protocol that test/interop describes.
type answer struct {
	ID     int      `json:"id"`
	Ready  bool     `json:"ready"`
	Nodes  int      `json:"nodes"`
	Stored int      `json:"stored"`
	Port   int      `json:"port"`
	Peers  []string `json:"peers"`
	Error  string   `json:"error"`
}

// ready waits until a peer program has joined.
func (p *process) ready(t *testing.T) {
	t.Helper()
	p.answers(t, func(a answer) bool { return a.Ready })
}

// ask sends one request of the protocol and waits for its answer.
func (p *process) ask(t *testing.T, request map[string]any) answer {
	t.Helper()
	p.asked++
	request["id"] = p.asked
	line, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(p.stdin, "%s\n", line)
	return p.answers(t, func(a answer) bool { return a.ID == p.asked })
}

func (p *process) answers(t *testing.T, accept func(answer) bool) (found answer) {
	t.Helper()
	eventually(t, func() bool {
		return len(p.stdout.matching(func(line string) bool {
			var a answer
			ok := json.Unmarshal([]byte(line), &a) == nil && accept(a)
			if ok {
				found = a
			}
			return ok
		})) > 0
	}, func() string { return p.title + " does not answer:\n" + p.stderr.end() })
	return found
}

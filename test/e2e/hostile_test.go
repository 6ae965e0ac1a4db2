package e2e

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hostile is what a script in the folder hostile says of itself, in comments on its first lines:
//
//	-- exit: 5                the exit code
//	-- stderr: REGEXP         of what is on stderr, and
//	-- stdout: REGEXP         on stdout; both optional
//	-- flags: --max-tasks 10  further ones for lightdht run
//	-- pings: 1               how many must be answered if it runs for a second; default 3
//	-- network: sim           instead of real sockets on the loopback interface
type hostile struct {
	exit           int
	stdout, stderr *regexp.Regexp
	flags          []string
	pings          int
	sim            bool
}

func readHostile(t *testing.T, path string) hostile {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := hostile{exit: -1, pings: 3}
	for line := range strings.Lines(string(text)) {
		field, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "-- "), ": ")
		if !ok || !strings.HasPrefix(line, "-- ") {
			break
		}
		switch field {
		case "exit":
			h.exit, err = strconv.Atoi(value)
		case "pings":
			h.pings, err = strconv.Atoi(value)
		case "stdout":
			h.stdout = regexp.MustCompile("(?m)" + value)
		case "stderr":
			h.stderr = regexp.MustCompile("(?m)" + value)
		case "flags":
			h.flags = strings.Fields(value)
		case "network":
			h.sim = value == "sim"
		default:
			t.Fatalf("unknown field %q", field)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// TestHostile runs scripts that try to get out, to take all there is, or to go on for ever. Each ends with the right
// message and exit code; and while it runs, its node goes on answering queries from outside.
func TestHostile(t *testing.T) {
	scripts, err := filepath.Glob("hostile/*.lua")
	if err != nil || len(scripts) < 40 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".lua"), func(t *testing.T) {
			t.Parallel()
			h := readHostile(t, path)
			h.run(t, path)
		})
	}
}

// startNode runs a member to join through, until the test ends. One for each script: of those that have ended it would
// tell the next ones, which then wait for them.
func startNode(t *testing.T) (addr string) {
	t.Helper()
	c := exec.Command(filepath.Join(binary, "lightdht"), "node", "--listen", "127.0.0.1:0")
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Signal(os.Interrupt)
		c.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			go func() { // ends with the process
				for lines.Scan() {
				}
			}()
			return addr
		}
	}
	t.Fatal("the node never said that it listens")
	return ""
}

// slow is an answer that shows the node to be kept from its work. On a busy machine any process may have to wait for a
// second.
const slow = 2 * time.Second

// tooLong is for a script that does not end at all.
const tooLong = 50 * time.Second

func (h hostile) run(t *testing.T, path string) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), tooLong)
	defer cancel()
	args := []string{"run", "--max-busy", "1s", "--sim", "20"}
	addr := ""
	if !h.sim {
		addr = freeAddr(t)
		args = append(args[:3], "--join", startNode(t), "--listen", addr)
	}
	c := exec.CommandContext(ctx, filepath.Join(binary, "lightdht"), append(append(args, h.flags...), absolute)...)
	c.Dir = t.TempDir()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	begin := time.Now()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	pinged := make(chan answers, 1)
	go func() { pinged <- ping(addr, over) }() // ends when over is closed
	err = c.Wait()
	took := time.Since(begin)
	close(over)
	got := <-pinged
	t.Logf("exit code %d after %v, %d pings answered, the slowest after %v\n[stdout]\n%.2000s\n[stderr]\n%.2000s",
		code(err), took.Round(time.Millisecond), got.count, got.longest.Round(time.Millisecond), &stdout, &stderr)
	switch {
	case code(err) != h.exit:
		t.Errorf("exit code %d, want %d", code(err), h.exit)
	case h.stdout != nil && !h.stdout.Match(stdout.Bytes()):
		t.Errorf("stdout does not match %s", h.stdout)
	case h.stderr != nil && !h.stderr.Match(stderr.Bytes()):
		t.Errorf("stderr does not match %s", h.stderr)
	case bytes.Contains(stderr.Bytes(), []byte("goroutine ")), bytes.Contains(stderr.Bytes(), []byte("runtime error")):
		t.Error("stderr shows the inside of the program")
	case !h.sim && took > time.Second && got.count < h.pings, got.longest > slow:
		t.Errorf("the node did not go on answering: %d pings in %v, the slowest after %v", got.count, took, got.longest)
	}
}

// freeAddr is an address of the loopback interface at which nobody listened a moment ago.
func freeAddr(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// answers is how a node answered pings.
type answers struct {
	count   int
	longest time.Duration // of those answered, since the first of them
}

// ping asks a node again and again until over is closed. Before the first answer it may not be there yet, and at the end
// it may be gone.
func ping(addr string, over <-chan struct{}) (got answers) {
	if addr == "" {
		return got
	}
	c, err := net.Dial("udp", addr)
	if err != nil {
		return got
	}
	defer c.Close()
	query := []byte("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")
	buffer := make([]byte, 1500)
	for {
		select {
		case <-over:
			return got
		default:
		}
		asked := time.Now()
		c.Write(query) // refused while nobody listens
		c.SetReadDeadline(asked.Add(2 * slow))
		if n, err := c.Read(buffer); err == nil && bytes.Contains(buffer[:n], []byte("1:y1:r")) {
			got.count++
			got.longest = max(got.longest, time.Since(asked))
		}
		select {
		case <-over:
			return got
		case <-time.After(25 * time.Millisecond):
		}
	}
}

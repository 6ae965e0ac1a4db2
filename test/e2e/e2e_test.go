// Package e2e runs the built program as a user would: each file in testdata is a
// story, told in the language of testscript
// (https://pkg.go.dev/github.com/rogpeppe/go-internal/testscript). Everything
// stays in simulated networks and on the loopback interface.
//
// Besides the usual commands there are
//
//	exits CODE lightdht ARG...        run it; it must end with this exit code
//	serving lightdht ARG...           start it; go on when it says "listening on ADDR", which becomes $ADDR
//	interrupted TEXT lightdht ARG...  run it; send SIGINT once TEXT is on its stdout; it must end with 130 within 5 s
//	killed TEXT lightdht ARG...       the same with SIGKILL, which leaves it no time for anything
package e2e

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// binary is the folder that the program was built into.
var binary string

// parallel is how many tests run at a time: they wait for programs most of the time.
const parallel = "8"

func TestMain(m *testing.M) {
	if os.Getenv("LIGHTDHT_EXAMPLE") != "" {
		os.Exit(runProgram(os.Args[1:]))
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "lightdht-e2e")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		build := exec.Command("go", "build", "-o", dir, "../../cmd/lightdht")
		if out, err := build.CombinedOutput(); err != nil {
			panic(string(out))
		}
		binary = dir
		flag.Set("test.parallel", parallel) // unless the command line says otherwise: it is parsed by Run
		return m.Run()
	}())
}

func TestScripts(t *testing.T) {
	t.Parallel() // beside the others: it mostly waits
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", binary+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("EXAMPLES", examples)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "serving": serving, "interrupted": interrupted, "killed": killed,
		},
		Condition: func(name string) (bool, error) {
			if name != "ipv6" { // whether this machine has ::1
				return false, fmt.Errorf("no condition is called %q", name)
			}
			conn, err := net.ListenPacket("udp6", "[::1]:0")
			if err == nil {
				conn.Close()
			}
			return err == nil, nil
		},
		RequireExplicitExec: true,
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	if got := code(err); got != want {
		ts.Fatalf("exit code %d, want %d (%v)", got, want, err)
	}
}

func code(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// command is the program, to be run in the story's folder.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	c := exec.Command(filepath.Join(binary, args[0]), args[1:]...)
	c.Dir = ts.Getenv("WORK")
	return c
}

func serving(ts *testscript.TestScript, _ bool, args []string) {
	c := command(ts, args)
	stderr, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	ts.Defer(func() {
		c.Process.Signal(os.Interrupt)
		c.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if addr, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			ts.Setenv("ADDR", addr)
			go func() { // ends with the process
				for lines.Scan() {
				}
			}()
			return
		}
	}
	ts.Fatalf("it never said that it listens")
}

func interrupted(ts *testscript.TestScript, _ bool, args []string) {
	got, took := struck(ts, os.Interrupt, args)
	if got != 130 || took > 5*time.Second {
		ts.Fatalf("exit code %d after %v, want 130 within 5 s of %q", got, took, args[0])
	}
}

func killed(ts *testscript.TestScript, _ bool, args []string) {
	if got, _ := struck(ts, os.Kill, args); got != -1 {
		ts.Fatalf("exit code %d: it ended by itself, and was to be killed at %q", got, args[0])
	}
}

// struck runs a command, sends it a signal once the first of args is on its
// stdout, and says how it ended and how long after. What it said is in the files
// stdout and stderr.
func struck(ts *testscript.TestScript, signal os.Signal, args []string) (exit int, took time.Duration) {
	c := command(ts, args[1:])
	stdout, err := c.StdoutPipe()
	ts.Check(err)
	var stderr strings.Builder
	c.Stderr = &stderr
	ts.Check(c.Start())
	var text strings.Builder
	lines, at := bufio.NewScanner(stdout), time.Time{}
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
		if at.IsZero() && strings.Contains(lines.Text(), args[0]) {
			at = time.Now()
			ts.Check(c.Process.Signal(signal))
			stuck := time.AfterFunc(20*time.Second, func() { c.Process.Kill() })
			defer stuck.Stop()
		}
	}
	exit = code(c.Wait())
	ts.Check(os.WriteFile(ts.MkAbs("stdout"), []byte(text.String()), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("stderr"), []byte(stderr.String()), 0o600))
	ts.Logf("[stdout]\n%s[stderr]\n%s", text.String(), stderr.String())
	if at.IsZero() {
		ts.Fatalf("exit code %d: it never said %q", exit, args[0])
	}
	return exit, time.Since(at)
}

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestConsole plays stories in a real terminal, tmux. Besides the commands of
// the other stories there are
//
//	terminal COLUMNS ROWS COMMAND...  run it in a new terminal; when it ends, "ended with CODE" appears
//	types TEXT                        type it
//	enters TEXT                       type it, and Enter
//	press KEY...                      press keys, as tmux names them, one after the other
//	pastes FILE                       paste what is in the file
//	resize COLUMNS ROWS               change the terminal's size
//	shows TEXT...                     wait until all of them are on the screen
//	hides TEXT                        wait until it is not
//	ends TEXT                         wait until the last line of the screen is this
//	coloured                          there is some colour on the screen
func TestConsole(t *testing.T) {
	t.Parallel() // beside the others: it mostly waits
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("tmux is missing; .ci/run installs it")
		}
		t.Skip("tmux is missing: apt-get install tmux")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/console",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", binary+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "serving": serving,
			"terminal": terminal, "types": types, "enters": enters, "press": press, "pastes": pastes, "resize": resize,
			"shows": shows, "hides": hides, "ends": ends, "coloured": coloured,
		},
		RequireExplicitExec: true,
	})
}

// tmux runs a command of the terminal's own server, which has nothing to do with
// the user's, nor with the user's configuration.
func tmux(ts *testscript.TestScript, args ...string) string {
	c := exec.Command("tmux", append([]string{"-f", "/dev/null", "-S", ts.Getenv("TERMINAL")}, args...)...)
	c.Dir = ts.Getenv("WORK")
	c.Env = []string{
		"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME"), "XDG_STATE_HOME=" + ts.Getenv("XDG_STATE_HOME"),
		"NO_COLOR=" + ts.Getenv("NO_COLOR"), "LC_ALL=C.UTF-8", "INPUTRC=/dev/null", "TERM=xterm",
	}
	out, err := c.CombinedOutput()
	if err != nil {
		ts.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func terminal(ts *testscript.TestScript, _ bool, args []string) {
	if before := ts.Getenv("TERMINAL"); before != "" {
		tmux(ts, "kill-server")
	}
	dir, err := os.MkdirTemp("", "tmux") // the path of a socket must be short
	ts.Check(err)
	ts.Setenv("TERMINAL", filepath.Join(dir, "socket"))
	command := strings.Join(args[2:], " ") + "; echo ended with $?; exec cat"
	tmux(ts, "new-session", "-d", "-x", args[0], "-y", args[1], command)
	ts.Defer(func() {
		exec.Command("tmux", "-S", filepath.Join(dir, "socket"), "kill-server").Run() // it may be gone
		os.RemoveAll(dir)
	})
}

func types(ts *testscript.TestScript, _ bool, args []string) {
	tmux(ts, "send-keys", "-l", strings.Join(args, " "))
}

func enters(ts *testscript.TestScript, _ bool, args []string) {
	types(ts, false, args)
	tmux(ts, "send-keys", "Enter")
}

func press(ts *testscript.TestScript, _ bool, args []string) {
	for _, key := range args {
		tmux(ts, "send-keys", key)
	}
}

func pastes(ts *testscript.TestScript, _ bool, args []string) {
	tmux(ts, "load-buffer", ts.MkAbs(args[0]))
	tmux(ts, "paste-buffer", "-p")
}

func resize(ts *testscript.TestScript, _ bool, args []string) {
	for _, n := range args {
		_, err := strconv.Atoi(n)
		ts.Check(err)
	}
	tmux(ts, "resize-window", "-x", args[0], "-y", args[1])
}

func shows(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, "show "+strings.Join(args, " and "), func(screen string) bool {
		for _, text := range args {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

func hides(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, "hide "+args[0], func(screen string) bool { return !strings.Contains(screen, args[0]) })
}

func ends(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, "end with "+args[0], func(screen string) bool {
		return strings.HasSuffix("\n"+screen, "\n"+args[0])
	})
}

// colour selects a colour; 39 and 49 are those of the terminal.
var colour = regexp.MustCompile("\x1b\\[([0-9;]*;)?([34][0-8]|9[0-7]|10[0-7])[;m]")

func coloured(ts *testscript.TestScript, neg bool, _ []string) {
	if screen := tmux(ts, "capture-pane", "-p", "-e"); colour.MatchString(screen) == neg {
		ts.Fatalf("colour expected: %v, on the screen is the contrary\n%q", !neg, screen)
	}
}

// await looks at the screen until it is as expected.
func await(ts *testscript.TestScript, what string, expected func(screen string) bool) {
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		lines := strings.Split(tmux(ts, "capture-pane", "-p"), "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " ")
		}
		screen := strings.TrimRight(strings.Join(lines, "\n"), "\n")
		if expected(screen) {
			return
		}
		select {
		case <-look.C:
		case <-deadline.C:
			ts.Fatalf("the screen does not %s:\n%s", what, screen)
		}
	}
}

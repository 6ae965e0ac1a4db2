package engine

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAgainstLua plays scripts here and in PUC-Rio Lua 5.1.5, and wants the same bytes: in
// testdata/manual one for each section of the manual that a script can reach, in testdata/foreign
// programs of the kinds that people measure languages with.
func TestAgainstLua(t *testing.T) {
	program, err := exec.LookPath("lua5.1")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("lua5.1 is missing; Debian's package lua5.1 has it")
		}
		t.Skip("lua5.1 is not installed; Debian's package of that name has it")
	}
	for _, folder := range []string{"manual", "foreign"} {
		paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.lua"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no scripts in %s: %v", folder, err)
		}
		for _, path := range paths {
			t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(path), ".lua"), func(t *testing.T) {
				t.Parallel()
				want := playByLua(t, program, path)
				if got := playHere(t, path); got != want {
					t.Errorf("%s: the first line that differs\n%s", path, firstDifference(got, want))
				}
			})
		}
	}
}

// playByLua is what a script prints under lua5.1, which must not fail.
func playByLua(t *testing.T, program, path string) string {
	t.Helper()
	cmd := exec.Command(program, filepath.Base(path))
	cmd.Dir = filepath.Dir(path)
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("lua5.1 %s: %v\n%s", path, err, &failure)
	}
	return string(out)
}

// playHere is what a script prints here, with the error that ended it.
func playHere(t *testing.T, path string) string {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	e := newTestEngine(t, &out, NewVirtual())
	if _, err := e.Run(context.Background(), filepath.Base(path), string(source)); err != nil {
		out.WriteString("error: " + err.Error() + "\n")
		if s, ok := errors.AsType[*ScriptError](err); ok {
			out.WriteString(s.Traceback + "\n")
		}
	}
	return out.String()
}

func firstDifference(got, want string) string {
	here, there := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i, line := range here {
		if i >= len(there) || line != there[i] {
			there = append(there, "")
			return "here:   " + line + "\nlua5.1: " + there[min(i, len(there)-1)]
		}
	}
	return "here:   (the end)\nlua5.1: " + there[len(here)]
}

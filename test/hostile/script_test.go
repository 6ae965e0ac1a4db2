//go:build linux

package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A script in the folder scripts is a case in short. It says of itself, in comments on its
// first lines:
//
//	-- exit: 5                the exit code; always there
//	-- stderr: REGEXP         of what is on stderr, and
//	-- stdout: REGEXP         on stdout; both optional
//	-- flags: --max-tasks 10  further ones for lightdht run
//	-- pings: 1               how many its own node must answer if it runs for a second; default 3
//	-- memory: 200MB          the most that it may take; default 100MB
//	-- network: sim           instead of real sockets on the loopback interface
type script struct{ exit, stdout, stderr, flags, pings, memory, network string }

// header reads the first lines of a script.
func header(text string) (s script, err error) {
	s.pings, s.memory = "3", "100MB"
	fields := map[string]*string{
		"exit": &s.exit, "stdout": &s.stdout, "stderr": &s.stderr, "flags": &s.flags, "pings": &s.pings, "memory": &s.memory, "network": &s.network,
	}
	for line := range strings.Lines(text) {
		field, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "-- "), ": ")
		if !ok || !strings.HasPrefix(line, "-- ") {
			break
		}
		if fields[field] == nil {
			return s, fmt.Errorf("no field of a script is called %q", field)
		}
		*fields[field] = value
	}
	if s.exit == "" {
		return s, fmt.Errorf("it does not say with which exit code it ends")
	}
	return s, nil
}

// story is the script as a case of its own.
func (s script) story(name, text string) string {
	bounds, network := "-exit "+s.exit+" -maxrss "+s.memory, "--sim 20"
	if s.network != "sim" {
		bounds, network = bounds+" -pings "+s.pings, "--join $NODE --listen @OWN"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "hostile %s lightdht run --max-busy 1s %s %s %s\n", bounds, network, s.flags, name)
	for _, look := range [][2]string{{"stdout", s.stdout}, {"stderr", s.stderr}} {
		if look[1] != "" {
			fmt.Fprintf(&b, "%s '%s'\n", look[0], strings.ReplaceAll(look[1], "'", "''"))
		}
	}
	fmt.Fprintf(&b, "-- %s --\n%s", name, text)
	return b.String()
}

// stories writes the scripts as cases, into a folder of the test, and returns their names.
func stories(t *testing.T) (files []string) {
	t.Helper()
	scripts, err := filepath.Glob("scripts/*.lua")
	if err != nil || len(scripts) < 40 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	dir := t.TempDir()
	for _, path := range scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := header(string(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		name := filepath.Base(path)
		file := filepath.Join(dir, "script_"+strings.TrimSuffix(name, ".lua")+".txtar")
		if err := os.WriteFile(file, []byte(s.story(name, string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

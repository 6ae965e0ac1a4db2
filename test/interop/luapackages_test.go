package interop

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// luaPackages are the folder of Debian's libraries in pure Lua, and what a script uses of it.
const luaPackages = "/usr/share/lua/5.1"

// packagesOf says which files and folders the scripts of testdata/packages have beside them.
var packagesOf = map[string][]string{
	"argparse": {"argparse.lua"},
	"dkjson":   {"dkjson.lua"},
	"inspect":  {"inspect.lua"},
	"luassert": {"luassert", "say"},
	"moses":    {"moses.lua", "moses_min.lua"},
	"penlight": {"pl"},
	"text":     {"markdown.lua"}, // not "markdown": the library takes a script of that name for itself
}

// TestLuaPackages runs scripts that use libraries which people bring along, each beside the files
// of its library. They must print what they print under lua5.1, byte for byte. Of Penlight, what
// needs LuaFileSystem fails in both.
func TestLuaPackages(t *testing.T) {
	reference, err := exec.LookPath("lua5.1")
	if err != nil {
		absent(t, "lua5.1")
	}
	program, err := lightdhtProgram()
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob("testdata/packages/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".lua")
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			library, _, _ := strings.Cut(name, "-")
			for _, file := range packagesOf[library] {
				bring(t, dir, file)
			}
			source, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "main.lua"), source, 0o666); err != nil {
				t.Fatal(err)
			}
			want := output(t, dir, reference, "main.lua")
			if got := output(t, dir, program, "run", "-q", "--sim", "10", "main.lua"); got != want {
				t.Errorf("lightdht prints\n%s\nlua5.1 prints\n%s", got, want)
			}
		})
	}
}

// absent skips a test whose Debian package is not installed, but not in CI.
func absent(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("Debian's package %s is not installed", name)
	}
	t.Skipf("Debian's package %s is not installed", name)
}

// bring copies a file or a folder of Debian's libraries beside a script.
func bring(t *testing.T, dir, file string) {
	t.Helper()
	from, to := filepath.Join(luaPackages, file), filepath.Join(dir, file)
	info, err := os.Stat(from)
	if err != nil {
		absent(t, "of "+from)
	}
	if info.IsDir() {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// output is what a program prints in a folder; it must not fail.
func output(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, &failure)
	}
	return string(out)
}

package luabind

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine"
)

// runIn runs a script that may write in a folder, and returns what it logged.
func runIn(t *testing.T, folder, source string) (logged string) {
	t.Helper()
	var log strings.Builder
	e, err := engine.New(engine.Options{
		Clock: engine.NewVirtual(), Modules: New(Options{}).Modules(), Grants: engine.Grants{RunDir: folder},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Run(t.Context(), "s.lua", source); err != nil {
		t.Error(err)
	}
	return log.String()
}

// A key file is for its owner alone, and is never overwritten.
func TestKeyFile(t *testing.T) {
	folder := t.TempDir()
	runIn(t, folder, `
		local owner = key.new()
		assert(key.save("a.key", owner))
		local again, err = key.save("a.key", key.new())
		assert(again == nil and tostring(err):find("exists"), tostring(err))
		local loaded = assert(key.load("a.key"))
		assert(loaded.public == owner.public and loaded.secret == owner.secret)
		local none, why = key.load("b.key")
		assert(none == nil and why.kind == "not_found", tostring(why))`)
	info, err := os.Stat(filepath.Join(folder, "a.key"))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the file has mode %o, want 600", mode)
	}
}

// That others can read a key is told when it is loaded.
func TestExposedKeyFile(t *testing.T) {
	folder := t.TempDir()
	for mode, want := range map[os.FileMode]string{0o600: "", 0o640: "others than you can get at the key"} {
		if log := runIn(t, folder, `key.save("a.key", key.new())`); log != "" {
			t.Errorf("saving logs %s", log)
		}
		if err := os.Chmod(filepath.Join(folder, "a.key"), mode); err != nil {
			t.Fatal(err)
		}
		log := runIn(t, folder, `assert(key.load("a.key"))`)
		if !strings.Contains(log, want) || want == "" && log != "" {
			t.Errorf("mode %o: logs %q, want %q", mode, log, want)
		}
	}
}

// Files that are not key files are refused, and their text is not shown.
func TestNoKeyFile(t *testing.T) {
	const seed = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	const public = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
	good := `{"format":"lightdht key 1","public":"` + public + `","secret":"` + seed + `"}`
	for _, test := range []struct{ name, text, want string }{
		{"good", good, ""},
		{"empty", "", "no key file"},
		{"another format", strings.Replace(good, "key 1", "key 9", 1), "no key file"},
		{"cut", good[:len(good)-9], "no key file"},
		{"long", good + strings.Repeat(" ", maxKeyFile) + "{", ""},
		{"no secret", strings.Replace(good, seed, "abc", 1), "no secret key"},
		{"another secret", strings.Replace(good, seed, public, 1), "not that of its secret"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "k"), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			runIn(t, folder, `
				local want = "`+test.want+`"
				local loaded, err = key.load("k")
				assert((loaded ~= nil) == (want == ""), tostring(err))
				if err then
					assert(err.kind == "malformed" and tostring(err):find(want, 1, true), tostring(err))
					assert(not tostring(err):find("0001020304", 1, true))
				end`)
		})
	}
}

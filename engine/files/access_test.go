package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// The error of a refusal says what would allow it, in the words of the host.
func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	script, elsewhere := filepath.Join(dir, "script"), filepath.Join(dir, "else where")
	for _, d := range []string{script, elsewhere} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(elsewhere, filepath.Join(script, "link")); err != nil {
		t.Fatal(err)
	}
	open := func(g Grants) *Access {
		f, err := NewAccess(script, g)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	flags := open(Grants{ReadFlag: "--allow-read", WriteFlag: "--allow-write"})
	plain := open(Grants{})
	read := func(f *Access, path string) error { _, err := f.OpenRead(path); return err }
	write := func(f *Access, path string) error { _, err := f.Create(path); return err }
	const no = ": not granted to this script"
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"a whole path", read(flags, "/etc/passwd"), `cannot read "/etc/passwd"` + no + `: run with --allow-read /etc`},
		{"one that is not clean", read(flags, script+"/../x"), `cannot read "` + script + `/../x"` + no + `: run with --allow-read ` + dir},
		{"to write", write(flags, "/etc/passwd"), `cannot write "/etc/passwd"` + no + `: run with --allow-write /etc`},
		{"upwards", read(flags, "../x"), `cannot read "../x"` + no + `: write "` + dir + `/x", and run with --allow-read ` + dir},
		{"through a link", read(flags, "link/x"), `cannot read "link/x"` + no + `: write "` + script + `/link/x", and run with --allow-read ` + script + "/link"},
		{"no run folder", write(flags, "x"), `cannot write "x"` + no + `: write "` + script + `/x", and run with --allow-write ` + script},
		{"no flags", read(plain, "/etc/passwd"), `cannot read "/etc/passwd"` + no},
		{"no flags, upwards", read(plain, "../x"), `cannot read "../x"` + no},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !errors.Is(test.err, ErrNotGranted) || test.err.Error() != test.want {
				t.Errorf("got %v, want %s", test.err, test.want)
			}
		})
	}
	if err := read(flags, "missing"); err == nil || errors.Is(err, ErrNotGranted) {
		t.Errorf("a missing file: %v", err)
	}
}

// What lies in no folder is found after what does, by relative names alone.
func TestPackedFiles(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	f, err := NewAccess("", Grants{RunDir: run, ReadFlag: "--allow-read", Packed: fstest.MapFS{"a/b": {Data: []byte("packed")}, "c": {Data: []byte("packed")}}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := f.Create("c")
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	for name, want := range map[string]string{
		"a/b": "packed", "./a/../a/b": "packed", "c": "",
		"gone": `cannot read "gone": file does not exist`, "/a/b": `cannot read "/a/b": not granted to this script: run with --allow-read /a`,
		"../a/b": `cannot read "../a/b": not granted to this script: write a whole path, and run with --allow-read DIR`,
	} {
		got := ""
		in, err := f.OpenRead(name)
		if err != nil {
			got = err.Error()
		} else {
			data, _ := io.ReadAll(in)
			got = string(data)
			in.Close()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Names that begin with a dot take a grant of their folder, whichever way they are reached.
func TestHiddenNames(t *testing.T) {
	dir := t.TempDir()
	script, run := filepath.Join(dir, "script"), filepath.Join(dir, "script.run")
	if err := errors.Join(
		os.MkdirAll(filepath.Join(script, ".ssh"), 0o700), os.WriteFile(filepath.Join(script, ".ssh", "key"), []byte("key"), 0o600),
		os.Symlink(".ssh", filepath.Join(script, "keys")), os.WriteFile(filepath.Join(script, "file"), []byte("file"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	open := func(g Grants) *Access {
		g.RunDir, g.RunFor, g.ReadFlag, g.WriteFlag = run, "x.lua", "--allow-read", "--allow-write"
		f, err := NewAccess(script, g)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	none, some, all := open(Grants{}), open(Grants{Read: []string{filepath.Join(script, ".ssh")}}), open(Grants{Write: []string{script}})
	for _, c := range []struct {
		path            string
		none, some, all bool // whether it can be read
	}{
		{"file", true, true, true}, {filepath.Join(script, "file"), true, true, true},
		{".ssh/key", false, false, false}, {"keys/key", false, false, false}, // a relative path is never looked for in grants
		{filepath.Join(script, ".ssh", "key"), false, true, true}, {filepath.Join(script, "keys", "key"), false, false, true},
		{filepath.Join(script, ".ssh") + "/../.ssh/key", false, true, true},
	} {
		for f, want := range map[*Access]bool{none: c.none, some: c.some, all: c.all} {
			in, err := f.OpenRead(c.path)
			if err == nil {
				in.Close()
			}
			if want != (err == nil) || err != nil && !errors.Is(err, ErrNotGranted) {
				t.Errorf("%s: %v, want %v", c.path, err, want)
			}
		}
	}
	for _, path := range []string{".bashrc", "sub/.x/y", filepath.Join(run, ".lightdht-run"), filepath.Join(script, ".ssh", "key")} {
		if out, err := none.Create(path); err == nil {
			out.Close()
			t.Errorf("%s was written", path)
		} else if !errors.Is(err, ErrNotGranted) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if left, err := os.ReadDir(run); err != nil || len(left) != 1 {
		t.Errorf("in the run folder: %v, %v", left, err)
	}
}

// A folder that is not that of the script's runs is neither read nor written, and the message says
// what would be.
func TestForeignRunFolder(t *testing.T) {
	dir := t.TempDir()
	secret, run := filepath.Join(dir, "secret"), filepath.Join(dir, "x.run")
	if err := errors.Join(os.Mkdir(secret, 0o700), os.WriteFile(filepath.Join(secret, "s"), []byte("secret"), 0o600), os.Symlink("secret", run)); err != nil {
		t.Fatal(err)
	}
	f, err := NewAccess(dir, Grants{RunDir: run, RunFor: "x.lua", WriteFlag: "--allow-write"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.OpenRead("s"); !errors.Is(err, ErrNotGranted) {
		t.Errorf("read: %v", err)
	}
	if in, err := f.OpenRead("secret/s"); err != nil {
		t.Errorf("what is beside the script: %v", err)
	} else {
		in.Close()
	}
	want := `cannot write "s": ` + run + ` is a link to secret, and not granted to this script: write "` + dir + `/s", and run with --allow-write ` + dir
	if _, err := f.Create("s"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if data, err := os.ReadFile(filepath.Join(secret, "s")); err != nil || string(data) != "secret" {
		t.Errorf("it holds %q, %v", data, err)
	}
}

package test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// maxModule bounds the module, in bytes. Go allows 500 MB (golang.org/x/mod/zip), but everybody who
// installs the program downloads it. Today it has 4 MB.
const maxModule = 16 << 20

// "go install github.com/lightdht/lightdht/cmd/lightdht@v0.1.0" takes the module from a proxy,
// without a repository.
func TestModuleCanBeInstalled(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	files, size := moduleFiles(t)
	report(t, append(directiveComplaints(string(mod)), nameComplaints(files)...))
	if size > maxModule {
		t.Errorf("the files of the module have %d bytes, at most %d: everybody who installs the program downloads them", size, maxModule)
	}
}

// moduleFiles lists the files that a proxy serves, and the sum of their sizes: nested modules are
// not among them.
func moduleFiles(t *testing.T) (names []string, size int64) {
	t.Helper()
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if name != "." && (isModule(root, name) || name == ".git" || name == "dist" || path.Base(name) == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		info, err := e.Info()
		if err == nil && !strings.Contains(name, "/") && info.Size() > maxModule/2 {
			return nil // a program that was built here
		}
		if err == nil {
			names, size = append(names, name), size+info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, size
}

func isModule(root fs.FS, folder string) bool {
	_, err := fs.Stat(root, path.Join(folder, "go.mod"))
	return err == nil
}

// directive is a line of go.mod that "go install" of a version refuses, alone or before its block.
var directive = regexp.MustCompile(`(?m)^(replace|exclude)\b`)

func directiveComplaints(mod string) (found []complaint) {
	for _, m := range directive.FindAllString(mod, -1) {
		found = append(found, complaint{"go.mod", "has a " + m + " line", "go install of a version refuses it; require a released version instead"})
	}
	return found
}

var (
	// portable is the names that every file system can have, as module.CheckFilePath of
	// golang.org/x/mod has it, without the letters beyond ASCII that it allows.
	portable = regexp.MustCompile(`^[A-Za-z0-9 !#$%&()+,.=@\[\]^_{}~/-]+$`)
	// device is the names that Windows keeps for itself, with any extension.
	device = regexp.MustCompile(`(?i)(^|/)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.[^/]*)?(/|$)`)
)

// nameComplaints finds names that not every system can have beside each other.
func nameComplaints(names []string) (found []complaint) {
	seen := map[string]string{}
	for _, name := range names {
		for part := range strings.SplitSeq(name, "/") {
			if strings.HasSuffix(part, ".") {
				found = append(found, complaint{name, "a name ends with a dot", "rename it: Windows cannot have it"})
			}
		}
		if !portable.MatchString(name) || device.MatchString(name) {
			found = append(found, complaint{name, "not every system can have this name", "rename it: letters of ASCII, digits, dots, dashes"})
		}
		if other, ok := seen[strings.ToLower(name)]; ok {
			found = append(found, complaint{name, fmt.Sprintf("is %s in other case", other), "rename one of the two"})
		}
		seen[strings.ToLower(name)] = name
	}
	return found
}

// The rules themselves: what each must refuse.
func TestModuleRules(t *testing.T) {
	for _, c := range []struct{ mod, name, complaint string }{
		{mod: "module m\n\nrequire a v1.0.0\n", name: "dht/a-b_c.1.go"},
		{mod: "module m\n\nreplace a => ../a\n", complaint: "replace"},
		{mod: "module m\n\nexclude (\n\ta v1.0.0\n)\n", complaint: "exclude"},
		{name: "dht/a:b", complaint: "not every system"},
		{name: "dht/aux.go", complaint: "not every system"},
		{name: "dht/end.", complaint: "ends with a dot"},
		{name: "readme.md", complaint: "in other case"},
	} {
		names := []string{"README.md"}
		if c.name != "" {
			names = append(names, c.name)
		}
		found := append(directiveComplaints(c.mod), nameComplaints(names)...)
		switch {
		case c.complaint == "" && len(found) > 0:
			t.Errorf("%q %q: %v, want nothing", c.mod, c.name, found)
		case c.complaint != "" && (len(found) != 1 || !strings.Contains(found[0].what, c.complaint)):
			t.Errorf("%q %q: %v, want one complaint with %q", c.mod, c.name, found, c.complaint)
		}
	}
}

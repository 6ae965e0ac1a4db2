package luabind

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine/syntax"
	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/scripts"
)

var rewrite = flag.Bool("rewrite", false, "write the files that are generated from the definitions")

// generated compares a committed file with what the definitions make now.
func generated(t *testing.T, path, want string) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the definitions make (%v); run: go test ./luabind -run 'Types|Reference' -rewrite", path, err)
	}
}

const typesFolder = "../scripts/types"

func TestTypes(t *testing.T) {
	var names []string
	for _, f := range Types() {
		generated(t, filepath.Join(typesFolder, f.Name), f.Text)
		names = append(names, f.Name)
	}
	there, err := os.ReadDir(typesFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range there {
		if !slices.Contains(names, e.Name()) {
			t.Errorf("%s is of no use any more; delete it", e.Name())
		}
	}
}

// The files are Lua, and each annotation has the form that LuaLS documents and
// names types that exist.
func TestTypesAreValid(t *testing.T) {
	known := typesIn(Types())
	for _, f := range Types() {
		if _, err := syntax.Parse(f.Text); err != nil {
			t.Error(err)
		}
		for i, line := range strings.Split(f.Text, "\n") {
			for _, fault := range faultsIn(line, known) {
				t.Errorf("%s:%d: %s: %s", f.Name, i+1, fault, line)
			}
		}
	}
}

func TestFaultsInAnnotations(t *testing.T) {
	known := map[string]bool{"string": true, "dht.Node": true, "T": true}
	for line, want := range map[string]int{
		"---@param a string":                     0,
		"---@param a? string|fun(x: T): T?":      0,
		"---@return string[]? list":              0,
		"---@return table<string, T> list":       1,
		"---@field [string] dht.Node":            0,
		"---@field a? \"x\"|\"y\" # one of them": 0,
		"---@field a- string":                    1,
		"---@param a":                            1,
		"---@param a strin":                      1,
		"---@params a string":                    1,
		"---@param a fun(x: T":                   1,
		"---@overload fun(a: T): string, T":      0,
		"---@overload (a: T)":                    1,
		"---@operator len: string":               0,
		"---@async":                              0,
		"---some words":                          0,
		"--- @param a string":                    1,
	} {
		if got := len(faultsIn(line, known)); got != want {
			t.Errorf("%q: %d faults, want %d: %v", line, got, want, faultsIn(line, known))
		}
	}
}

// typesIn are the types that the files declare, and those of LuaLS.
func typesIn(files []declare.File) map[string]bool {
	known := map[string]bool{}
	for name := range strings.FieldsSeq("any nil boolean number integer string table function thread userdata true false self") {
		known[name] = true
	}
	declaration := regexp.MustCompile(`(?m)^---@(?:class|alias|generic) (.*)$`)
	for _, f := range files {
		for _, m := range declaration.FindAllStringSubmatch(f.Text, -1) {
			names := []string{strings.Fields(m[1])[0]}
			if strings.HasPrefix(m[0], "---@generic") {
				names = strings.Split(m[1], ", ")
			}
			for _, name := range names {
				known[name] = true
			}
		}
	}
	return known
}

// annotations are the tags in use, each with the form of what follows it; the
// last group is a type.
var annotations = map[string]*regexp.Regexp{
	"meta":      regexp.MustCompile(`^_$`),
	"alias":     regexp.MustCompile(`^[\w.]+ (.+)$`),
	"class":     regexp.MustCompile(`^[\w.]+$`),
	"field":     regexp.MustCompile(`^(?:\w+\??|\[\w+\]) (.+?)(?: # .+)?$`),
	"operator":  regexp.MustCompile(`^len: (\w+)$`),
	"type":      regexp.MustCompile(`^(.+)$`),
	"generic":   regexp.MustCompile(`^\w+(?:, \w+)*$`),
	"param":     regexp.MustCompile(`^(?:\w+\??|\.\.\.) (.+)$`),
	"return":    regexp.MustCompile(`^(.+) (?:\w+|\.\.\.)$`),
	"overload":  regexp.MustCompile(`^(fun\(.*)$`),
	"async":     regexp.MustCompile(`^$`),
	"nodiscard": regexp.MustCompile(`^$`),
}

// faultsIn says what is wrong with the annotation in a line, if there is one.
func faultsIn(line string, known map[string]bool) (faults []string) {
	if strings.HasPrefix(line, "--- @") {
		return []string{"a space in front of the tag"}
	}
	rest, ok := strings.CutPrefix(line, "---@")
	if !ok {
		return nil
	}
	tag, rest, _ := strings.Cut(rest, " ")
	form := annotations[tag]
	if form == nil {
		return []string{"unknown tag"}
	}
	m := form.FindStringSubmatch(rest)
	if m == nil {
		return []string{"not of the form of a @" + tag}
	}
	if len(m) == 1 {
		return nil
	}
	if strings.Count(m[1], "(") != strings.Count(m[1], ")") || strings.Count(m[1], "<") != strings.Count(m[1], ">") {
		faults = append(faults, "brackets that do not match")
	}
	bare := regexp.MustCompile(`\bfun\(`).ReplaceAllString(quoted.ReplaceAllString(m[1], ""), "(")
	for _, w := range word.FindAllString(parameter.ReplaceAllString(bare, ""), -1) {
		if !known[w] {
			faults = append(faults, "nobody knows the type "+w)
		}
	}
	return faults
}

// The Lua library speaks of the same types, and of its own.
func TestLibraryNamesTypesThatExist(t *testing.T) {
	var files []declare.File
	err := fs.WalkDir(scripts.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(scripts.FS, path)
		files = append(files, declare.File{Name: path, Text: string(text)})
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal("no library", err)
	}
	known := typesIn(append(files, Types()...))
	annotated := regexp.MustCompile(`(?m)^---@(?:param [\w.]+\?? |return |field [\w.]+\?? )([\w.]+)`)
	for _, f := range files {
		for _, m := range annotated.FindAllStringSubmatch(f.Text, -1) {
			if m[1] != "fun" && !known[m[1]] {
				t.Errorf("%s: nobody knows the type %s: %s", f.Name, m[1], m[0])
			}
		}
	}
}

package test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layersFollow is what a package's comment says before it lists its files, lowest first, up to a
// full stop: "The files form layers, from the lowest: record, slot; flat." The files that are for
// one system (lock_flock.go) are named without it (lock).
const layersFollow = "from the lowest:"

// smallPackage has few enough files to be held in mind without an order.
const smallPackage = 3

// against says how many references of each package run against its order: a reference is one
// file's use of something that a file further up declares; several uses of one thing in one file
// count once. A package that is missing has none. The numbers may only
// go down.
var against = map[string]int{
	"cmd/lightdht":   45,
	"dht":            24,
	"dht/checkup":    8,
	"dht/sim":        43,
	"dht/udp":        26,
	"engine":         11,
	"engine/bundle":  2,
	"engine/compile": 19,
	"engine/console": 22,
	"engine/files":   2,
	"engine/lua51":   18,
	"engine/record":  4,
	"engine/stdlib":  3,
	"engine/syntax":  3,
	"test/language":  27,
}

func TestLayers(t *testing.T) {
	for _, p := range packagesOf(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			layers, err := p.layers()
			switch {
			case err != nil:
				t.Error(err)
			case layers != nil:
				p.compare(t, p.upward(layers), against[p.name])
			}
		})
	}
}

// compare fails the test if the references against the order are more than allowed, or fewer.
func (p *checked) compare(t *testing.T, found []reference, allowed int) {
	switch {
	case len(found) > allowed:
		for _, r := range found {
			t.Log(r)
		}
		t.Errorf("%d references run against the order of the files of %s, at most %d may; move what is declared too high, or see whether the order is right",
			len(found), p.name, allowed)
	case len(found) < allowed:
		t.Errorf("only %d references run against the order of the files of %s: write that into the table of test/layers_test.go, in place of %d",
			len(found), p.name, allowed)
	}
}

// checked is a package whose types are known.
type checked struct {
	name  string // from the root of the module
	fset  *token.FileSet
	files []*ast.File
	types *types.Package
	info  types.Info
}

// listing is what go list says of a package.
type listing struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// packagesOf returns the packages of this module, type-checked. The packages that they import come
// from the build cache, where go test has just put most of them.
func packagesOf(t *testing.T) []*checked {
	t.Helper()
	exports := map[string]string{}
	var own []listing
	for _, l := range list(t) {
		exports[l.ImportPath] = l.Export
		if name, ok := strings.CutPrefix(l.ImportPath, module+"/"); ok && len(l.GoFiles) > smallPackage {
			l.ImportPath = name
			own = append(own, l)
		}
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	var all []*checked
	for _, l := range own {
		p, err := load(l, open)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func list(t *testing.T) (all []listing) {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", "./...")
	cmd.Dir, cmd.Stderr = "..", os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listing
		if err := d.Decode(&l); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
}

// load parses and checks one package.
func load(l listing, open importer.Lookup) (*checked, error) {
	p := &checked{name: l.ImportPath, fset: token.NewFileSet()}
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(p.fset, filepath.Join(l.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, f)
	}
	return p, p.check(importer.ForCompiler(p.fset, "gc", open))
}

// check finds out what each name means.
func (p *checked) check(imports types.Importer) (err error) {
	p.info = types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: imports}
	p.types, err = config.Check(module+"/"+p.name, p.fset, p.files, &p.info)
	return err
}

// fileName returns the name under which the layers have the file of a position.
func (p *checked) fileName(pos token.Pos) string {
	name := strings.TrimSuffix(filepath.Base(p.fset.Position(pos).Filename), ".go")
	name, _, _ = strings.Cut(name, "_")
	return name
}

// layers reads the declared order: the place of each file, from 1. The error says which files are
// missing, named twice, or not there.
func (p *checked) layers() (map[string]int, error) {
	layers, err := layersOf(p.name, p.comment())
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, f := range p.files {
		there[p.fileName(f.Package)] = true
	}
	for name := range there {
		if _, known := layers[name]; !known && name != "doc" {
			return nil, fmt.Errorf("%s: the file %s is in no layer; name it in the package's comment, behind %q", p.name, name, layersFollow)
		}
	}
	for name := range layers {
		if !there[name] {
			return nil, fmt.Errorf("%s: the layers name %s, which is no file of the package", p.name, name)
		}
	}
	return layers, nil
}

// comment returns the comment of the package.
func (p *checked) comment() string {
	text := ""
	for _, f := range p.files {
		text += f.Doc.Text()
	}
	return text
}

// layersOf reads the order in the comment of a package.
func layersOf(name, comment string) (map[string]int, error) {
	_, list, found := strings.Cut(strings.Join(strings.Fields(comment), " "), layersFollow)
	list, _, ended := strings.Cut(list, ".")
	if !found || !ended {
		return nil, fmt.Errorf("%s: its comment does not say in which order its files are read; add %q, and the names of the files", name, "The files form layers, "+layersFollow)
	}
	layers := map[string]int{}
	for i, file := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		if _, twice := layers[file]; twice {
			return nil, fmt.Errorf("%s: the layers name %s twice", name, file)
		}
		layers[file] = i + 1
	}
	return layers, nil
}

// reference is a use in one file of what another one declares.
type reference struct{ from, to, object string }

func (r reference) String() string {
	return fmt.Sprintf("%s.go uses %s of %s.go", r.from, r.object, r.to)
}

// references returns all of them between files, each once, in order.
func (p *checked) references() []reference {
	all := map[reference]bool{}
	for ident, object := range p.info.Uses {
		if object.Pkg() != p.types || object.Pos() == token.NoPos || local(object) {
			continue
		}
		r := reference{p.fileName(ident.Pos()), p.fileName(object.Pos()), object.Name()}
		if r.from != r.to {
			all[r] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b reference) int {
		return cmp.Or(strings.Compare(a.from, b.from), strings.Compare(a.to, b.to), strings.Compare(a.object, b.object))
	})
}

// local reports whether an object is a variable inside a function; fields and methods are not.
func local(object types.Object) bool {
	v, isVar := object.(*types.Var)
	return isVar && !v.IsField() && object.Parent() != object.Pkg().Scope()
}

// upward returns the references that lead up.
func (p *checked) upward(layers map[string]int) (found []reference) {
	for _, r := range p.references() {
		if layers[r.to] > layers[r.from] {
			found = append(found, r)
		}
	}
	return found
}

// The order itself: how it is read, and what is refused.
func TestLayersOf(t *testing.T) {
	layers, err := layersOf("p", "Package p.\n\nThe files form layers, from the lowest: low,\nmiddle; high.\n\nMore text.\n")
	if want := map[string]int{"low": 1, "middle": 2, "high": 3}; err != nil || !maps.Equal(layers, want) {
		t.Error(layers, err)
	}
	for _, wrong := range []string{"Package p.", "The files, from the lowest: a, b", "The files, from the lowest: a; b, a."} {
		if layers, err := layersOf("p", wrong); err == nil {
			t.Errorf("%q gave %v", wrong, layers)
		}
	}
	p := &checked{name: "p", fset: token.NewFileSet()}
	for name, text := range map[string]string{
		"low.go":  "package p\n\ntype low struct{ field int }\n\nfunc (l low) method() { use(l) }\n",
		"high.go": "package p\n\nfunc use(l low) { l.method(); l.field++ }\n",
	} {
		f, err := parser.ParseFile(p.fset, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		p.files = append(p.files, f)
	}
	if err := p.check(nil); err != nil {
		t.Fatal(err)
	}
	if up := p.upward(map[string]int{"low": 1, "high": 2}); len(up) != 1 || up[0] != (reference{"low", "high", "use"}) {
		t.Error(up)
	}
	if up := p.upward(map[string]int{"low": 2, "high": 1}); len(up) != 3 { // low, method, field
		t.Error(up)
	}
}

package test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// layersFollow is what a package's document says before it lists its files, lowest first: "from the lowest: record, slot".
const layersFollow = "from the lowest:"

// mostUpwards is how many references of a package may run against its order. It only goes down; a package that is missing
// may have none.
var mostUpwards = map[string]int{
	"dht": 320, "engine": 13, "engine/compile": 21, "engine/lua51": 18, "engine/stdlib": 4,
}

// TestLayers holds each package to the order of files that its doc.go declares: a file refers to files before it only, so
// that a reader can begin with the first one and go on.
func TestLayers(t *testing.T) {
	declared := 0
	for dir, files := range packages(t, "..") {
		if order := layersOf(files["doc.go"]); order != nil {
			declared++
			switch found := upwards(dir, files, order); {
			case len(found) > mostUpwards[dir]:
				t.Errorf("%s: %d references against its order, at most %d", dir, len(found), mostUpwards[dir])
				report(t, found)
			case len(found) < mostUpwards[dir]:
				t.Logf("%s: %d references against its order, and mostUpwards says %d; lower it", dir, len(found), mostUpwards[dir])
			}
		}
	}
	if declared < 5 {
		t.Errorf("%d packages declare an order", declared)
	}
}

// packages are the texts of the files of each package, without tests and files of other systems.
func packages(t *testing.T, root string) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, s := range house(t) {
		if s.test || strings.Contains(filepath.Base(s.name), "_") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, s.name))
		if err != nil {
			t.Fatal(err)
		}
		if all[s.dir] == nil {
			all[s.dir] = map[string]string{}
		}
		all[s.dir][filepath.Base(s.name)] = string(text)
	}
	return all
}

// layersOf reads the order that a document declares; nil if it declares none.
func layersOf(doc string) map[string]int {
	_, list, ok := strings.Cut(strings.ReplaceAll(doc, "\n// ", " "), layersFollow)
	if !ok {
		return nil
	}
	list, _, _ = strings.Cut(list, ".")
	order := map[string]int{}
	for _, name := range regexp.MustCompile(`[a-z0-9]+`).FindAllString(list, -1) {
		if _, twice := order[name+".go"]; !twice {
			order[name+".go"] = len(order) + 1
		}
	}
	return order
}

// upwards finds references of a file to one that comes after it in the order, and files that have no place in it.
func upwards(dir string, files map[string]string, order map[string]int) (found []complaint) {
	fset := token.NewFileSet()
	var parsed []*ast.File
	for name, text := range files {
		if f, err := parser.ParseFile(fset, name, text, 0); err == nil {
			parsed = append(parsed, f)
		}
		if name != "doc.go" && order[name] == 0 {
			found = append(found, complaint{dir + "/" + name, "it has no place among the layers", "name it in doc.go, after the files that it needs"})
		}
	}
	used := map[*ast.Ident]types.Object{}
	conf := types.Config{Importer: noImports{}, Error: func(error) {}}
	pkg, _ := conf.Check(dir, fset, parsed, &types.Info{Uses: used}) // what other packages have is unknown, and not looked at
	for id, object := range used {
		from, to := fset.Position(id.Pos()), fset.Position(object.Pos()).Filename
		if object.Pkg() == pkg && order[to] > order[from.Filename] && order[from.Filename] > 0 {
			found = append(found, complaint{fmt.Sprintf("%s/%s:%d", dir, from.Filename, from.Line), fmt.Sprintf("it uses %s of %s, which comes later", id.Name, to),
				"move what both need to a lower file, or change the order in doc.go"})
		}
	}
	return found
}

// noImports finds no package.
type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.New("not looked at") }

// The comparison itself: what it must find.
func TestUpwards(t *testing.T) {
	const low, high = "package p\n\ntype low struct{}\n\nfunc (low) method() {}\n", "package p\n\nvar x low\n\nfunc use() { x.method() }\n"
	for _, c := range []struct {
		name, doc string
		files     map[string]string
		want      int
	}{
		{"in order", "// The files form layers, from the lowest: low,\n// high.\npackage p", map[string]string{"low.go": low, "high.go": high}, 0},
		{"against the order", "// The files form layers, from the lowest: high; low.\npackage p", map[string]string{"low.go": low, "high.go": high}, 2},
		{"without a place", "// The files form layers, from the lowest: low.\npackage p", map[string]string{"low.go": low, "high.go": high}, 1},
	} {
		if found := upwards("p", c.files, layersOf(c.doc)); len(found) != c.want {
			t.Errorf("%s: %v, want %d complaints", c.name, found, c.want)
		}
	}
	if layersOf("// Package p.\npackage p") != nil {
		t.Error("an order was found where there is none")
	}
}

package test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// module is the path of this module, as go.mod has it.
const module = "github.com/lightdht/lightdht"

// source is one Go file of this module.
type source struct {
	name string // slash-separated, from the root of the module
	dir  string // of name: the package's place in the house, "." at the root
	test bool   // a _test.go file
	file *ast.File
	fset *token.FileSet
}

// complaint says which file breaks which rule, and what to do instead.
type complaint struct {
	where, what, instead string
}

func (c complaint) String() string { return fmt.Sprintf("%s: %s\n\t%s", c.where, c.what, c.instead) }

// rule looks at one file.
type rule func(s *source) []complaint

// check applies every rule to every file.
func check(sources []*source, rules ...rule) (all []complaint) {
	for _, s := range sources {
		for _, r := range rules {
			all = append(all, r(s)...)
		}
	}
	return all
}

// at makes a complaint about a place in the file.
func (s *source) at(pos token.Pos, instead, what string, args ...any) complaint {
	where := fmt.Sprintf("%s:%d", s.name, s.fset.Position(pos).Line)
	return complaint{where, fmt.Sprintf(what, args...), instead}
}

// external reports whether the file belongs to a package of tests around the
// package, which sees only what everybody sees.
func (s *source) external() bool { return s.test && strings.HasSuffix(s.file.Name.Name, "_test") }

// eachImport calls f with every import path of the file.
func (s *source) eachImport(f func(imported string, pos token.Pos)) {
	for _, spec := range s.file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			f(imported, spec.Pos())
		}
	}
}

// nameOf returns the name under which the file knows an import, "" if it does
// not import it.
func (s *source) nameOf(imported string) string {
	for _, spec := range s.file.Imports {
		if spec.Path.Value == strconv.Quote(imported) {
			if spec.Name != nil {
				return spec.Name.Name
			}
			return path.Base(imported)
		}
	}
	return ""
}

// uses calls f for every x.name in the file where x is the import.
func (s *source) uses(imported string, f func(name string, pos token.Pos)) {
	local := s.nameOf(imported)
	if local == "" {
		return
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == local {
				f(sel.Sel.Name, sel.Pos())
			}
		}
		return true
	})
}

// parse reads one file; text is what parser.ParseFile takes.
func parse(name string, text any) (*source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return &source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), file, fset}, err
}

// house reads all Go files of this module: nested modules, testdata and hidden
// folders are not part of it.
func house(t *testing.T) []*source {
	t.Helper()
	var all []*source
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return enter(root, name)
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			return err
		}
		s, err := parse(name, text)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// enter returns fs.SkipDir for a folder that is not part of the module.
func enter(root fs.FS, name string) error {
	base := path.Base(name)
	if name == "." {
		return nil
	}
	if base == "testdata" || base == "vendor" || base == "node_modules" || base[0] == '.' || base[0] == '_' {
		return fs.SkipDir
	}
	if _, err := fs.Stat(root, path.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// report fails the test once for each complaint.
func report(t *testing.T, complaints []complaint) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}

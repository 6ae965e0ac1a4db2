package test

import (
	"cmp"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// Limits of what a reader has to find his way in. Chosen by us: beyond them, packages and types
// of this project had several purposes.
const (
	maxFiles    = 30   // of a package, without tests
	maxMethods  = 60   // of a type
	maxProgram  = 4500 // lines of cmd/lightdht, without tests
	manyMethods = "more than 60 methods, because"
)

// largePackages may have more files than maxFiles: a simulated network is one thing of many parts.
var largePackages = []string{"dht/sim"}

func TestRooms(t *testing.T) {
	sources := slices.DeleteFunc(house(t), func(s *source) bool { return s.test })
	report(t, fewFiles(sources))
	report(t, fewMethods(sources))
	report(t, shortProgram(sources))
}

// fewFiles: past 30 files, there is a second package in it.
func fewFiles(sources []*source) (found []complaint) {
	count := map[string]int{}
	for _, s := range sources {
		if count[s.dir]++; count[s.dir] == maxFiles+1 && !slices.Contains(largePackages, s.dir) {
			found = append(found, complaint{s.dir, "more than 30 files", "look for the second purpose and give it a package"})
		}
	}
	return found
}

// methodOf names a type of a package.
type methodOf struct{ dir, name string }

// fewMethods: past 60 methods, there is a second type in it, or its comment says why not.
func fewMethods(sources []*source) (found []complaint) {
	count := map[methodOf]int{}
	reason := map[methodOf]bool{}
	for _, s := range sources {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if name := receiver(d); name != "" {
					count[methodOf{s.dir, name}]++
				}
			case *ast.GenDecl:
				eachType(d, func(name, doc string) {
					reason[methodOf{s.dir, name}] = strings.Contains(strings.Join(strings.Fields(doc), " "), manyMethods)
				})
			}
		}
	}
	for of, n := range count {
		if n > maxMethods && !reason[of] {
			found = append(found, complaint{path.Join(of.dir, of.name), "a type of more than 60 methods",
				`make its parts types of their own, or say in its comment that it has "` + manyMethods + ` ..."`})
		}
	}
	slices.SortFunc(found, func(a, b complaint) int { return cmp.Compare(a.where, b.where) })
	return found
}

// receiver returns the name of the type that a method belongs to, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok && name == "" {
			name = ident.Name
		}
		return name == ""
	})
	return name
}

// eachType calls f with the name and the comment of each type that a declaration declares.
func eachType(d *ast.GenDecl, f func(name, doc string)) {
	if d.Tok != token.TYPE {
		return
	}
	for _, spec := range d.Specs {
		spec := spec.(*ast.TypeSpec)
		f(spec.Name.Name, d.Doc.Text()+spec.Doc.Text())
	}
}

// shortProgram: what a command does belongs into packages that Go programs can use.
func shortProgram(sources []*source) []complaint {
	const program = "cmd/lightdht"
	lines := 0
	for _, s := range sources {
		if s.dir == program {
			lines += s.fset.File(s.file.Package).LineCount()
		}
	}
	if lines < maxProgram {
		return nil
	}
	return []complaint{{program, "more than 4,500 lines", "flags and text belong here; the rest to a package that others can import"}}
}

// The rules themselves: what each must refuse.
func TestRoomsAreSeen(t *testing.T) {
	many := func(n int, file func(i int) (name, text string)) (all []*source) {
		for i := range n {
			name, text := file(i)
			s, err := parse(name, text)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		return all
	}
	file := func(name string, n int) string { return name + strings.Repeat("x", n) + ".go" }
	empty := func(i int) (string, string) { return file("dht/", i+1), "package dht\n" }
	if got := fewFiles(many(maxFiles, empty)); got != nil {
		t.Error("30 files:", got)
	}
	if got := fewFiles(many(maxFiles+1, empty)); len(got) != 1 {
		t.Error("31 files:", got)
	}
	typed := func(doc string, n int) []*source {
		return many(n, func(i int) (string, string) {
			text := "package dht\n\nfunc (n *node[T]) m" + strings.Repeat("x", i) + "() {}\n"
			if i == 0 {
				text += doc + "type node[T any] struct{}\n"
			}
			return file("dht/", i), text
		})
	}
	if got := fewMethods(typed("", maxMethods)); got != nil {
		t.Error("60 methods:", got)
	}
	if got := fewMethods(typed("", maxMethods+1)); len(got) != 1 {
		t.Error("61 methods:", got)
	}
	if got := fewMethods(typed("// node has more than 60\n// methods, because it is a machine.\n", maxMethods+1)); got != nil {
		t.Error("61 methods, with the reason:", got)
	}
	long := func(n int) []*source {
		return many(1, func(int) (string, string) {
			return "cmd/lightdht/main.go", "package main\n" + strings.Repeat("\n", n-2)
		})
	}
	if got := shortProgram(long(maxProgram - 1)); got != nil {
		t.Error("4,499 lines:", got)
	}
	if got := shortProgram(long(maxProgram + 1)); len(got) != 1 {
		t.Error("4,501 lines:", got)
	}
}

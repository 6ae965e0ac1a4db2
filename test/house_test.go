package test

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"testing"
)

// maxLines is how long a file may get; most have fewer than 400.
const maxLines = 600

func TestHouse(t *testing.T) {
	sources := house(t)
	report(t, check(sources, length, noSleep, namesAreDocumented))
	report(t, packagesAreDocumented(sources))
}

// length: past 600 lines, there is a second noun in the file.
func length(s *source) []complaint {
	if n := s.fset.File(s.file.Package).LineCount(); n > maxLines {
		return []complaint{s.at(s.file.End()-1, "a file is one noun; look for the second and give it a file", "%d lines, at most %d", n, maxLines)}
	}
	return nil
}

// noSleep: a test that sleeps is slow on a good day and wrong on a bad one. In
// a bubble of testing/synctest, time is virtual and may be slept.
func noSleep(s *source) (found []complaint) {
	if !s.test || s.nameOf("testing/synctest") != "" {
		return nil
	}
	s.uses("time", func(name string, pos token.Pos) {
		if name == "Sleep" {
			found = append(found, s.at(pos, "wait for the event itself: virtual time, a channel, testing/synctest", "a test that sleeps"))
		}
	})
	return found
}

// packagesAreDocumented: one file of each package says what it is for.
func packagesAreDocumented(sources []*source) (found []complaint) {
	documented := map[string]bool{}
	var first []*source // of each package that needs a comment
	for _, s := range sources {
		if s.test {
			continue
		}
		if !slices.ContainsFunc(first, func(f *source) bool { return f.dir == s.dir }) {
			first = append(first, s)
		}
		documented[s.dir] = documented[s.dir] || s.file.Doc != nil
	}
	for _, s := range first {
		if !documented[s.dir] {
			found = append(found, s.at(s.file.Package, "say in one file, above its package clause, what the package is for",
				"package %s has no comment", path.Join(module, s.dir)))
		}
	}
	return found
}

// selfEvident are methods whose meaning the standard library has fixed.
var selfEvident = []string{"Error", "Unwrap", "Is", "As", "String"}

// namesAreDocumented: every exported name of a package that others can import
// says what its caller must know.
func namesAreDocumented(s *source) (found []complaint) {
	if s.test || s.file.Name.Name == "main" {
		return nil
	}
	missing := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		if name.IsExported() && !slices.ContainsFunc(docs, func(c *ast.CommentGroup) bool { return c != nil }) {
			found = append(found, s.at(name.Pos(), "say what its caller must know: units, ownership, goroutine, errors",
				"%s has no comment", name.Name))
		}
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || exportedReceiver(d.Recv) && !slices.Contains(selfEvident, d.Name.Name) {
				missing(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				eachName(d, spec, missing)
			}
		}
	}
	return found
}

// eachName calls f with each name a declaration introduces and the comments
// that may stand for it: its own, the one behind it, or its group's. A type in
// a group needs its own.
func eachName(d *ast.GenDecl, spec ast.Spec, f func(name *ast.Ident, docs ...*ast.CommentGroup)) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if d.Lparen.IsValid() {
			f(spec.Name, spec.Doc, spec.Comment)
		} else {
			f(spec.Name, d.Doc)
		}
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			f(name, spec.Doc, spec.Comment, d.Doc)
		}
	}
}

// exportedReceiver reports whether a method belongs to an exported type.
func exportedReceiver(recv *ast.FieldList) bool {
	t := recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr: // a type parameter
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}
